import TwinCore
import Yams

extension MemberReader {
    /// Reads every member of a group, after noting those that are not known.
    mutating func read(_ forms: [MemberForm]) -> FormMembers {
        refuseUnknownMembers(known: forms.map(\.name))
        var found = FormMembers(self, forms)
        for form in forms where form.isRequired || members?[form.name] != nil {
            found[form.name] = read(form.name, form.form)
        }
        return found
    }

    /// Reads one member; `nil` after noting what is wrong with it.
    mutating func read(_ name: String, _ form: Form) -> FormValue? {
        switch form {
        case .word(let words): word(name, among: words).map(FormValue.text)
        case .wireWord: wireWord(name).map(FormValue.text)
        case .wireWords: .texts(wireWords(name).map(\.word))
        case .words(let words): readWords(name, words)
        case .text(let length): readText(name, length)
        case .integer(let bounds): integer(name, within: bounds).map(FormValue.integer)
        case .integerOrWord(let bounds, let none):
            seconds(name, within: bounds, orWord: none).map { $0.seconds.map(FormValue.integer) ?? .nothing }
        case .number: readNumber(name, "a number") { _ in true }
        case .positiveNumber: readNumber(name, "a number above 0") { $0 > 0 }
        case .share: readNumber(name, "a number above 0, at most 1") { $0 > 0 && $0 <= 1 }
        case .shareRange: readShareRange(name)
        case .range: range(name).map(FormValue.range)
        case .integerRange(let bounds): readIntegerRange(name, bounds)
        case .pins: readPins(name).map(FormValue.pins)
        case .device: readDevice(name).map(FormValue.device)
        case .devices(let count): readDevices(name, count).map(FormValue.devices)
        case .output: readOutput(name).map(FormValue.output)
        case .outputs(let count): readOutputs(name, count).map(FormValue.outputs)
        case .numbers(let count): readNumbers(name, count)
        case .points(let count): readPoints(name, count)
        case .band: readBand(name)
        case .nothing: readNothing(name)
        case .group(let forms): group(name) { $0.read(forms) }.map(FormValue.group)
        case .groups(let forms, let count): readGroups(name, forms, count)
        case .choices(let forms, let others, let count): readChoices(name, forms, others, count)
        }
    }

    private mutating func readWords(_ name: String, _ words: [String]) -> FormValue? {
        guard let node = required(name) else { return nil }
        let form = "a list of some of \(words.joined(separator: ", ")), each once"
        guard case .sequence(let items) = node, !items.isEmpty else { return wrong(name, node, form) }
        let found = items.compactMap { $0.scalar?.string }.filter(words.contains)
        guard found.count == items.count, Set(found).count == found.count else {
            note(name, "must be \(form)")
            return nil
        }
        return .texts(found)
    }

    private mutating func readText(_ name: String, _ length: ClosedRange<Int>) -> FormValue? {
        guard let node = required(name) else { return nil }
        guard node.type == .str, let text = node.string, length.contains(text.count) else {
            return wrong(name, node, "a text of \(length.lowerBound) to \(length.upperBound) characters")
        }
        return .text(text)
    }

    private mutating func readNumber(_ name: String, _ form: String, _ isRight: (Double) -> Bool) -> FormValue? {
        guard let node = required(name) else { return nil }
        guard let number = Self.number(node), isRight(number) else { return wrong(name, node, form) }
        return .number(number)
    }

    private mutating func readShareRange(_ name: String) -> FormValue? {
        guard let range = range(name) else { return nil }
        guard range.lowerBound >= 0, range.upperBound <= 1 else {
            note(name, "must lie within [0, 1]")
            return nil
        }
        return .range(range)
    }

    private mutating func readIntegerRange(_ name: String, _ bounds: ClosedRange<Int>) -> FormValue? {
        guard let node = required(name) else { return nil }
        let numbers = Self.numbers(node)?.compactMap { Int(exactly: $0) }
        guard let numbers, numbers.count == 2, numbers[0] < numbers[1], numbers.allSatisfy(bounds.contains) else {
            let ends = "from \(bounds.lowerBound) to \(bounds.upperBound)"
            note(name, "must be two whole numbers \(ends), the lower one first")
            return nil
        }
        return .integerRange(numbers[0]...numbers[1])
    }

    private mutating func readNumbers(_ name: String, _ count: ClosedRange<Int>) -> FormValue? {
        guard let node = required(name) else { return nil }
        guard let numbers = Self.numbers(node), count.contains(numbers.count) else {
            note(name, "must be a list of \(count.lowerBound) to \(count.upperBound) numbers")
            return nil
        }
        return .numbers(numbers)
    }

    private mutating func readPoints(_ name: String, _ count: ClosedRange<Int>) -> FormValue? {
        guard let node = required(name) else { return nil }
        guard case .sequence(let items) = node, count.contains(items.count) else {
            note(name, "must be a list of \(count.lowerBound) to \(count.upperBound) points, each [x, y]")
            return nil
        }
        var points: [LookupPoint] = []
        for item in items {
            guard let pair = Self.numbers(item), pair.count == 2 else {
                problems.append(Problem(yaml.place(of: item), "'\(prefix)\(name)': a point is two numbers, [x, y]"))
                return nil
            }
            guard points.last.map({ $0.x < pair[0] }) ?? true else {
                problems.append(Problem(yaml.place(of: item), "'\(prefix)\(name)': x must rise from point to point"))
                return nil
            }
            points.append(LookupPoint(pair[0], pair[1]))
        }
        return .points(points)
    }

    private mutating func readBand(_ name: String) -> FormValue? {
        guard let node = required(name) else { return nil }
        switch node {
        case .scalar(let scalar) where scalar.string == "otherwise": return .band(.otherwise)
        case .sequence: return range(name).map { .band(.within($0)) }
        case .mapping(let mapping) where mapping.count == 1:
            if let bound = mapping["below"].flatMap(Self.number) { return .band(.below(bound)) }
            if let bound = mapping["above"].flatMap(Self.number) { return .band(.above(bound)) }
        default: break
        }
        return wrong(name, node, "a range such as [20, 80], {below: 5}, {above: 95}, or 'otherwise'")
    }

    private mutating func readNothing(_ name: String) -> FormValue? {
        guard let node = required(name) else { return nil }
        guard node.isNull else { return wrong(name, node, "left empty: the step takes no members") }
        return .nothing
    }

    private mutating func readGroups(
        _ name: String, _ forms: [MemberForm], _ count: ClosedRange<Int>
    ) -> FormValue? {
        guard let items = items(name, count, "groups") else { return nil }
        var groups: [FormMembers] = []
        for (index, item) in items.enumerated() {
            let own = "\(prefix)\(name)[\(index)]"
            var reader = MemberReader(yaml, item, prefix: "\(own).", what: "'\(own)'")
            if reader.isGroup { groups.append(reader.read(forms)) }
            problems += reader.problems
        }
        return .list(groups)
    }

    private mutating func readChoices(
        _ name: String, _ forms: [MemberForm], _ others: [MemberForm], _ count: ClosedRange<Int>
    ) -> FormValue? {
        guard let items = items(name, count, "items") else { return nil }
        var choices: [FormChoice] = []
        for (index, item) in items.enumerated() {
            let own = "\(prefix)\(name)[\(index)]"
            let place = yaml.place(of: item)
            if let word = item.scalar?.string, let form = forms.first(where: { $0.name == word }), form.standsAlone {
                choices.append(FormChoice(name: word, value: .nothing, others: FormMembers(), place: place))
                continue
            }
            var reader = MemberReader(yaml, item, prefix: "\(own).", what: "'\(own)'")
            if reader.isGroup, let choice = reader.choice(forms, others, own, place) { choices.append(choice) }
            problems += reader.problems
        }
        return .choices(choices)
    }

    private mutating func choice(
        _ forms: [MemberForm], _ others: [MemberForm], _ own: String, _ place: String
    ) -> FormChoice? {
        refuseUnknownMembers(known: (forms + others).map(\.name))
        guard problems.isEmpty else { return nil }
        let chosen = forms.filter { members?[$0.name] != nil }
        guard chosen.count == 1 else {
            let words = forms.map(\.name).joined(separator: ", ")
            problems.append(Problem(place, "'\(own)' must hold exactly one of \(words)"))
            return nil
        }
        var rest = FormMembers()
        for form in others where form.isRequired || members?[form.name] != nil {
            rest[form.name] = read(form.name, form.form)
        }
        return read(chosen[0].name, chosen[0].form).map {
            FormChoice(name: chosen[0].name, value: $0, others: rest, place: place)
        }
    }

    /// The items of a list of so many.
    mutating func items(_ name: String, _ count: ClosedRange<Int>, _ what: String) -> [Node]? {
        guard let node = required(name) else { return nil }
        guard case .sequence(let items) = node, count.contains(items.count) else {
            note(name, "must be a list of \(count.lowerBound) to \(count.upperBound) \(what)")
            return nil
        }
        return Array(items)
    }

    private static func number(_ node: Node) -> Double? {
        guard [.int, .float].contains(node.type), let number = node.scalar.flatMap({ Double($0.string) }),
            number.isFinite
        else { return nil }
        return number
    }

    private static func numbers(_ node: Node) -> [Double]? {
        guard case .sequence(let items) = node else { return nil }
        let numbers = items.compactMap(number)
        return numbers.count == items.count ? numbers : nil
    }
}

extension MemberForm {
    /// Whether its name alone is enough.
    var standsAlone: Bool { if case .nothing = form { true } else { false } }
}
