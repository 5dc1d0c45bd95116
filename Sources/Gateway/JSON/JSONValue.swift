/// A JSON value whose objects keep the order in which their members were written.
///
/// Answers are built from it rather than from `Encodable` values, because absent parts of a twin are written as
/// `null` and the order of members is the order in which a person wants to read them.
indirect enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// One member of an object.
    struct Member: Sendable, Equatable {
        /// Its name.
        let name: String
        /// Its value.
        let value: JSONValue
    }

    /// The member of that name; `nil` when there is none or this is no object.
    subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// This object with more members behind its own; anything else is our own bug.
    func adding(_ more: [Member]) -> JSONValue {
        guard case .object(let members) = self else { preconditionFailure("\(self) has no members") }
        return .object(members + more)
    }
}

extension JSONValue {
    /// A text, or `null`.
    init(_ text: String?) { self = text.map { .string($0) } ?? .null }
    /// A whole number, or `null`.
    init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
    /// A whole number, or `null`.
    init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
    /// A number, or `null`; also `null` for what JSON cannot say.
    init(_ number: Double?) { self = number.map { $0.isFinite ? .number($0) : .null } ?? .null }
    /// A truth value.
    init(_ flag: Bool) { self = .bool(flag) }
}

extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(floatLiteral value: Double) { self = .number(value) }
    init(stringLiteral value: String) { self = .string(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }
}
