import TwinCore

/// Reads the members of one object of a wish, and collects everything that is wrong with them.
///
/// A member that is `null` counts as absent, as in the document that a twin shows.
struct ObjectReader {
    /// What was wrong so far.
    private(set) var problems: [ConfigurationProblem] = []
    private let path: String
    private let values: [String: JSONValue]

    /// Takes an object apart; members that are not `known` are problems, and so is anything but an object.
    init(_ value: JSONValue, at path: String, known: [String]) {
        self.path = path
        values = Dictionary(value.members.map { ($0.name, $0.value) }) { first, _ in first }
        guard case .object(let members) = value else {
            note(nil, "\(value.text.prefix(Self.quotedCharacters)) is no object")
            return
        }
        for member in members where !known.contains(member.name) {
            let nearest = NearestWord.to(member.name, among: known) ?? ""
            note(
                String(member.name.prefix(Self.quotedCharacters)),
                "unknown; did you mean '\(nearest)'? Known: \(known.joined(separator: ", "))")
        }
    }

    /// How much of a value that cannot be taken is shown, in characters.
    private static let quotedCharacters = 100

    /// What `parse` makes of a member; a missing one is a problem.
    mutating func required<Value>(_ name: String, expected: String, _ parse: (JSONValue) -> Value?) -> Value? {
        if given(name) == nil { note(name, "missing; expected \(expected)") }
        return optional(name, expected: expected, parse)
    }

    /// What `parse` makes of a member; `nil` when it is absent or cannot be taken.
    mutating func optional<Value>(_ name: String, expected: String, _ parse: (JSONValue) -> Value?) -> Value? {
        guard let value = given(name) else { return nil }
        if let parsed = parse(value) { return parsed }
        note(name, "\(value.text.prefix(Self.quotedCharacters)) is not usable; expected \(expected)")
        return nil
    }

    /// A text, or what stands for none.
    mutating func text(_ name: String, otherwise value: String = "") -> String {
        optional(name, expected: "text") { $0.asText } ?? value
    }

    /// A truth value, or what stands for none.
    mutating func flag(_ name: String, otherwise value: Bool) -> Bool {
        optional(name, expected: "true or false") { $0.asFlag } ?? value
    }

    /// A whole number, or what stands for none.
    mutating func integer(_ name: String, otherwise value: Int) -> Int {
        optional(name, expected: "a whole number") { $0.asInteger } ?? value
    }

    /// The members of an object, read one by one; absent is empty.
    func elements(_ name: String) -> [JSONValue.Member] { given(name)?.members ?? [] }

    /// Adds what is wrong with a member, or with the object itself.
    mutating func note(_ member: String?, _ detail: String) {
        let place = [path, member ?? ""].filter { !$0.isEmpty }.joined(separator: "/")
        problems.append(ConfigurationProblem(path: place, detail: detail))
    }

    /// Takes over what another reader found.
    mutating func take(_ more: [ConfigurationProblem]) { problems += more }

    private func given(_ name: String) -> JSONValue? {
        guard let value = values[name], value != .null else { return nil }
        return value
    }
}
