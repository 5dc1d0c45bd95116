import TwinCore
import Yams

extension MemberReader {
    /// Reads a list of different pins, in ascending order.
    mutating func readPins(_ name: String) -> [Int]? {
        guard let node = required(name) else { return nil }
        guard case .sequence(let items) = node else { return wrong(name, node, Self.pinsForm) }
        let numbers = items.compactMap { $0.type == .int ? $0.scalar.flatMap { Int($0.string) } : nil }
        guard numbers.count == items.count, numbers.allSatisfy((0...GPIO.maximum).contains) else {
            note(name, "must be \(Self.pinsForm)")
            return nil
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

    /// Notes that a member names something that is not in the catalogue.
    mutating func noteUnknown(_ name: String, _ sort: String, _ word: String, _ words: [String]) {
        let nearest = NearestWord.to(word, among: words).map { "; did you mean '\($0)'?" } ?? ""
        note(name, "is '\(word)', and there is no \(sort) of that name\(nearest)")
    }

    private static let pinsForm = "a list of pins, whole numbers from 0 to \(GPIO.maximum), such as [34, 35]"
}
