import Foundation

/// A JSON value as the server sent it; asking for what is not there gives `nil`.
enum WireValue: Sendable, Equatable {
    case nothing
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([WireValue])
    case members([String: WireValue])

    /// Parses a text; throws when it is no JSON.
    init(json bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(WireValue.self, from: Data(bytes))
    }

    /// A member of an object.
    subscript(name: String) -> WireValue? {
        guard case .members(let members) = self, let value = members[name], value != .nothing else { return nil }
        return value
    }

    /// The text, if it is one.
    var text: String? { if case .text(let text) = self { text } else { nil } }
    /// The number, if it is one.
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    /// The truth value, if it is one.
    var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    /// The items, if it is a list.
    var items: [WireValue] { if case .list(let items) = self { items } else { [] } }

    /// The value as a person reads it: numbers without a trailing `.0`, `-` for nothing.
    var shown: String {
        switch self {
        case .nothing: "-"
        case .flag(let flag): flag ? "yes" : "no"
        case .number(let number): Self.shown(number)
        case .text(let text): text
        case .list(let items): items.map(\.shown).joined(separator: ", ")
        case .members(let members):
            members.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.shown)" }.joined(separator: ", ")
        }
    }

    private static func shown(_ number: Double) -> String {
        guard let whole = Int64(exactly: number) else { return String(number) }
        return String(whole)
    }
}

extension WireValue: Decodable {
    /// Takes whatever JSON value comes.
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .nothing
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let items = try? container.decode([WireValue].self) {
            self = .list(items)
        } else {
            self = .members(try container.decode([String: WireValue].self))
        }
    }
}

extension WireValue? {
    /// The value as a person reads it; `-` for nothing.
    var shown: String { self?.shown ?? "-" }
}
