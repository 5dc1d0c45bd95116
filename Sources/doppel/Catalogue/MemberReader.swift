import Yams

/// Reads the members of one YAML group and notes everything that is wrong with them.
///
/// Each reading function returns `nil` for a member that is missing or wrong, after noting why.
struct MemberReader {
    /// What is wrong so far, in the order of reading.
    var problems: [Problem] = []

    let yaml: YAMLText
    let prefix: String
    /// Where the group stands.
    let groupPlace: String
    let members: Node.Mapping?

    /// Reads the members of a file's outermost group.
    init(_ yaml: YAMLText) {
        self.init(yaml, yaml.root, prefix: "", what: "the file")
    }

    init(_ yaml: YAMLText, _ node: Node?, prefix: String, what: String) {
        self.yaml = yaml
        self.prefix = prefix
        groupPlace = node.map(yaml.place(of:)) ?? yaml.path
        if case .mapping(let mapping)? = node {
            members = mapping
        } else {
            members = nil
            let found = node.map { "is \($0.kindInWords)" } ?? "is empty"
            problems.append(Problem(groupPlace, "\(what) must be a group of members; it \(found)"))
        }
    }

    /// Whether there is a group to read at all.
    var isGroup: Bool { members != nil }

    /// Where a member's value stands; where the group stands for a member that is missing.
    func place(_ name: String) -> String { members?[name].map(yaml.place(of:)) ?? groupPlace }

    /// Notes a problem with a member.
    mutating func note(_ name: String, _ text: String) {
        problems.append(Problem(place(name), "'\(prefix)\(name)' \(text)"))
    }

    /// Notes every member whose name is not known, and the name it was probably meant to have.
    mutating func refuseUnknownMembers(known: [String]) {
        for (name, _) in members ?? [:] {
            let word = name.scalar?.string ?? name.kindInWords
            guard !known.contains(word) else { continue }
            let nearest = NearestWord.to(word, among: known).map { "; did you mean '\(prefix)\($0)'?" } ?? ""
            problems.append(Problem(yaml.place(of: name), "unknown member '\(prefix)\(word)'\(nearest)"))
        }
    }

    /// Reads a text of 1 to `maximumLength` characters.
    mutating func text(_ name: String, maximumLength: Int) -> String? {
        guard let node = required(name) else { return nil }
        guard node.type == .str, let text = node.string, (1...maximumLength).contains(text.count) else {
            return wrong(name, node, "a text of 1 to \(maximumLength) characters")
        }
        return text
    }

    /// Reads one of some words.
    mutating func word(_ name: String, among words: [String]) -> String? {
        guard let node = required(name) else { return nil }
        guard let text = node.scalar?.string, words.contains(text) else {
            let nearest = node.scalar.flatMap { NearestWord.to($0.string, among: words) }
            let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
            return wrong(name, node, "one of \(words.joined(separator: ", "))", hint: hint)
        }
        return text
    }

    /// Reads a word as devices use it.
    mutating func wireWord(_ name: String) -> String? {
        guard let node = required(name) else { return nil }
        guard let word = Self.wireWord(node) else { return wrong(name, node, Self.wireWordForm) }
        return word
    }

    /// Reads a list of words as devices use them; empty for a member that is missing.
    mutating func wireWords(_ name: String) -> [(word: String, place: String)] {
        guard let node = members?[name] else { return [] }
        guard case .sequence(let items) = node else {
            note(name, "must be a list of words, not \(node.kindInWords)")
            return []
        }
        var words: [(word: String, place: String)] = []
        for item in items {
            let place = yaml.place(of: item)
            if let word = Self.wireWord(item) {
                words.append((word, place))
            } else {
                problems.append(
                    Problem(place, "'\(prefix)\(name)': must be \(Self.wireWordForm), not \(item.kindInWords)"))
            }
        }
        return words
    }

    /// Reads a whole number.
    mutating func integer(_ name: String, within bounds: ClosedRange<Int>) -> Int? {
        guard let node = required(name) else { return nil }
        guard node.type == .int, let number = node.scalar.flatMap({ Int($0.string) }), bounds.contains(number)
        else { return wrong(name, node, "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)") }
        return number
    }

    /// Reads a number of seconds, or a word that stands for "none".
    mutating func seconds(
        _ name: String, within bounds: ClosedRange<Int>, orWord none: String
    ) -> (seconds: Int?, Void)? {
        guard let node = required(name) else { return nil }
        if node.scalar?.string == none { return (nil, ()) }
        guard node.type == .int, let number = node.scalar.flatMap({ Int($0.string) }), bounds.contains(number)
        else {
            return wrong(
                name, node, "'\(none)' or a whole number of seconds from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return (number, ())
    }

    /// Reads two finite numbers, the lower one first.
    mutating func range(_ name: String) -> ClosedRange<Double>? {
        guard let node = required(name) else { return nil }
        let form = "two numbers, the lower one first, such as [-55, 125]"
        guard case .sequence(let items) = node, items.count == 2 else { return wrong(name, node, form) }
        let numbers = items.compactMap { item in
            [.int, .float].contains(item.type) ? item.scalar.flatMap { Double($0.string) } : nil
        }
        guard numbers.count == 2, numbers.allSatisfy(\.isFinite), numbers[0] < numbers[1] else {
            note(name, "must be \(form)")
            return nil
        }
        return numbers[0]...numbers[1]
    }

    /// Reads the members of a group inside this one.
    mutating func group<Value>(_ name: String, _ read: (inout MemberReader) -> Value) -> Value? {
        guard let node = required(name) else { return nil }
        var inner = MemberReader(yaml, node, prefix: "\(prefix)\(name).", what: "'\(prefix)\(name)'")
        let value = inner.isGroup ? read(&inner) : nil
        problems += inner.problems
        return value
    }

    mutating func required(_ name: String) -> Node? {
        guard let members else { return nil }
        guard let node = members[name] else {
            problems.append(Problem(groupPlace, "'\(prefix)\(name)' is missing"))
            return nil
        }
        return node
    }

    mutating func wrong<Value>(_ name: String, _ node: Node, _ form: String, hint: String = "") -> Value? {
        note(name, "must be \(form), not \(node.kindInWords)\(hint)")
        return nil
    }

    private static let wireWordForm = "a word of 1 to 32 lower-case letters, digits and underscores"

    private static func wireWord(_ node: Node) -> String? {
        guard node.type == .str, let text = node.scalar?.string, (1...32).contains(text.utf8.count),
            text.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
        else { return nil }
        return text
    }
}
