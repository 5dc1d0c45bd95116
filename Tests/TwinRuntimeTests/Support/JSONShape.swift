import Foundation

/// A JSON value, told apart by type: `true` is no number.
indirect enum JSONValue: Decodable, Equatable {
    case null
    case boolean(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Reads a payload.
    static func read(_ bytes: some Sequence<UInt8>) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }

    /// The type's name; whole numbers are told from fractions.
    var type: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .number(let number): number == number.rounded() ? "whole number" : "number"
        case .text: "text"
        case .list: "list"
        case .object: "object"
        }
    }

    /// How another message deviates from this example, field by field.
    ///
    /// - Parameters:
    ///   - free: Members whose values are each message's own; their types count all the same.
    ///   - missing: Members of the example that may be left out.
    ///   - extra: Members that may stand beside the example's.
    func deviations(
        of other: JSONValue, at path: String = "", free: Set<String>, missing: Set<String>, extra: Set<String>
    ) -> [String] {
        func nested(_ value: JSONValue, _ other: JSONValue, _ path: String) -> [String] {
            value.deviations(of: other, at: path, free: free, missing: missing, extra: extra)
        }
        switch (self, other) {
        case (.object(let mine), .object(let theirs)):
            let lost = mine.keys.filter { theirs[$0] == nil && !missing.contains($0) }.map { "\(path)\($0) is missing" }
            let added = theirs.keys.filter { mine[$0] == nil && !extra.contains($0) }.map { "\(path)\($0) is unknown" }
            let inner = mine.flatMap { name, value in theirs[name].map { nested(value, $0, "\(path)\(name).") } ?? [] }
            return (lost + added + inner).sorted()
        case (.list(let mine), .list(let theirs)):
            let name = path.split(separator: ".").last.map(String.init) ?? path
            guard mine.count == theirs.count || free.contains(name) else {
                return ["\(path) has \(theirs.count) items, not \(mine.count)"]
            }
            return zip(mine, theirs).flatMap { nested($0, $1, path) }
        default:
            guard type == other.type else { return ["\(path) is a \(other.type), not a \(type)"] }
            let name = path.split(separator: ".").last.map(String.init) ?? path
            return self == other || free.contains(name) ? [] : ["\(path) is \(other), not \(self)"]
        }
    }
}
