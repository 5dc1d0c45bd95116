import Yams

extension MemberReader {
    /// Whether there is a member of that name.
    func has(_ name: String) -> Bool { members?[name] != nil }

    /// Reads a whole number; `nil` for a member that is missing, too.
    mutating func integer(ifThere name: String, within bounds: ClosedRange<Int>) -> Int? {
        has(name) ? integer(name, within: bounds) : nil
    }

    /// Reads two whole numbers, the lower one first.
    mutating func integers(_ name: String, from bounds: ClosedRange<Int>) -> ClosedRange<Int>? {
        guard let node = required(name) else { return nil }
        let numbers = Self.integers(node)
        guard let numbers, numbers.count == 2, numbers.allSatisfy(bounds.contains), numbers[0] < numbers[1] else {
            let form = "two whole numbers from \(bounds.lowerBound) to \(bounds.upperBound), the lower one first"
            return wrong(name, node, form)
        }
        return numbers[0]...numbers[1]
    }

    /// Reads a list of different pins, in ascending order; empty for a member that is missing.
    mutating func pins(_ name: String, among pins: ClosedRange<Int>) -> [Int] {
        guard has(name), let node = required(name) else { return [] }
        guard let numbers = Self.integers(node) else {
            let _: Void? = wrong(name, node, "a list of pins, such as [34, 35]")
            return []
        }
        for number in numbers where !pins.contains(number) {
            note(name, "holds \(number), which is no pin of the board; it has \(pins.lowerBound) to \(pins.upperBound)")
        }
        let ascending = numbers.sorted()
        for (number, next) in zip(ascending, ascending.dropFirst()) where number == next {
            note(name, "holds \(number) twice")
        }
        return ascending
    }

    /// Reads each member as a group, whatever its name; each text may be a name only once.
    ///
    /// - Parameter read: Gets the member's name, where the name stands, and a reader of the member's own members.
    mutating func eachGroup(_ read: (_ name: String, _ place: String, _ group: inout MemberReader) -> Void) {
        var seen: Set<String> = []
        for (name, value) in members ?? [:] {
            let place = yaml.place(of: name)
            guard let word = name.scalar?.string else {
                problems.append(Problem(place, "the name of a member must be a word"))
                continue
            }
            // YAML tells 26 from "26"; we do not.
            guard seen.insert(word).inserted else {
                problems.append(Problem(place, "'\(prefix)\(word)' stands here twice"))
                continue
            }
            var group = MemberReader(yaml, value, prefix: "\(prefix)\(word).", what: "'\(prefix)\(word)'")
            if group.isGroup { read(word, place, &group) }
            problems += group.problems
        }
    }

    private static func integers(_ node: Node) -> [Int]? {
        guard case .sequence(let items) = node else { return nil }
        let numbers = items.compactMap { $0.type == .int ? $0.scalar.flatMap { Int($0.string) } : nil }
        return numbers.count == items.count ? numbers : nil
    }
}
