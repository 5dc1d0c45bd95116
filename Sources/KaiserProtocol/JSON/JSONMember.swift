/// A JSON value, as far as the scanner keeps it: its kind, and the number or the place in the bytes.
struct JSONValue: Sendable {
    /// What kind of value it is.
    enum Kind: UInt8, Sendable {
        /// Text without escapes; the payload is its range without the quotes.
        case plainText
        /// Text with escapes; the payload is its range without the quotes.
        case escapedText
        /// A whole number without fraction or exponent, of at most 18 digits.
        case integer
        /// Any other number; finite.
        case number
        case `true`, `false`, null
        /// An object; the payload is its range with the braces.
        case object
        /// An array; the payload is its range with the brackets.
        case array

        /// The kind in words, for a refusal.
        var name: String {
            switch self {
            case .plainText, .escapedText: "text"
            case .integer: "a whole number"
            case .number: "a number"
            case .true, .false: "a boolean"
            case .null: "null"
            case .object: "an object"
            case .array: "an array"
            }
        }
    }

    /// What kind of value it is.
    let kind: Kind
    private let bits: UInt64

    init(_ kind: Kind, start: Int, end: Int) {
        self.kind = kind
        bits = UInt64(truncatingIfNeeded: start) << 32 | UInt64(truncatingIfNeeded: end)
    }

    init(_ integer: Int64) {
        kind = .integer
        bits = UInt64(bitPattern: integer)
    }

    init(_ number: Double) {
        kind = .number
        bits = number.bitPattern
    }

    /// The value of an `.integer`.
    var integer: Int64 { Int64(bitPattern: bits) }
    /// The value of a `.number`.
    var number: Double { Double(bitPattern: bits) }
    /// Where a text, an object or an array begins.
    var start: Int { Int(bits >> 32) }
    /// Where a text, an object or an array ends.
    var end: Int { Int(bits & 0xFFFF_FFFF) }
}

/// One member of an object: its key and its value.
struct JSONMember: Sendable {
    /// The first eight bytes of the key without escapes, the first byte lowest, padded with zeros.
    var keyPrefix: UInt64 = 0
    /// The length of the key without escapes, in bytes.
    var keyLength: UInt32 = 0
    /// Where the key begins, after its quote.
    var keyStart: UInt32 = 0
    /// Where the key ends, before its quote.
    var keyEnd: UInt32 = 0
    /// The value.
    var value = JSONValue(.null, start: 0, end: 0)

    /// One of 64 groups, equal for equal keys.
    var keyGroup: UInt64 { ((keyPrefix ^ UInt64(keyLength)) &* 0x9E37_79B9_7F4A_7C15) >> 58 }

    /// Whether the key is written with escapes.
    var isKeyEscaped: Bool { keyEnd - keyStart != keyLength }
}
