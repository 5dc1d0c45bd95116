extension JSONValue {
    /// The text, if it is one.
    var asText: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The truth value, if it is one.
    var asFlag: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// How many members it has, those of its parts included.
    var memberCount: Int {
        switch self {
        case .object(let members): members.reduce(members.count) { $0 + $1.value.memberCount }
        case .array(let elements): elements.reduce(elements.count) { $0 + $1.memberCount }
        case .null, .bool, .integer, .number, .string: 0
        }
    }

    /// The number, if it is a finite one.
    var asNumber: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number.isFinite ? number : nil
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// The whole number, if it is one; `2.0` is.
    var asInteger: Int? {
        switch self {
        case .integer(let number): Int(number)
        case .number(let number): Int(exactly: number)
        case .null, .bool, .string, .array, .object: nil
        }
    }
}
