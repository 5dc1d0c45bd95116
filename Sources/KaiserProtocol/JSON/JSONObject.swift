package import TwinCore

/// The members of one JSON object that has been checked from its first to its last byte.
///
/// It keeps positions, not bytes: every reader gets the bytes it was made of passed in. A member that is `null` counts
/// as absent. Readers throw when a member is there and has another type.
package struct JSONObject: Sendable {
    /// How deep objects and arrays may nest.
    package static let maximumDepth = 16
    /// The most members of all objects of a payload together.
    package static let maximumMembers = 256
    /// The longest number accepted, in bytes.
    package static let maximumNumberBytes = 128
    /// The most keys of a payload that may be written with escapes; comparing them is slow, and devices write none.
    package static let maximumEscapedKeys = 16
    /// The longest key that may be written with escapes, in bytes.
    package static let maximumEscapedKeyBytes = 64
    /// The largest payload accepted, in bytes.
    package static let maximumPayloadBytes = 65_536

    private let members: [JSONMember]

    /// Checks a whole payload.
    package init(_ bytes: Span<UInt8>) throws(Refusal) {
        guard bytes.count <= Self.maximumPayloadBytes else {
            throw Refusal(.tooLarge, "\(bytes.count) bytes are more than \(Self.maximumPayloadBytes)")
        }
        guard bytes.count > 0 else { throw Refusal(.emptyPayload, "the payload is empty") }
        var scanner = JSONScanner()
        try scanner.scanDocument(bytes)
        members = scanner.finished()
    }

    /// Reads an object within bytes that have been checked.
    init(_ bytes: Span<UInt8>, at start: Int) throws(Refusal) {
        var scanner = JSONScanner(at: start)
        try scanner.scanObject(bytes, depth: 1)
        members = scanner.finished()
    }

    /// The value of a member; `nil` when it is absent or `null`.
    func value(_ key: JSONKey, in bytes: Span<UInt8>) -> JSONValue? {
        for member in members where member.keyPrefix == key.prefix && member.keyLength == key.length {
            if key.length > 8, !isKey(member, key, bytes) { continue }
            return member.value.kind == .null ? nil : member.value
        }
        return nil
    }

    private func isKey(_ member: JSONMember, _ key: JSONKey, _ bytes: Span<UInt8>) -> Bool {
        if member.isKeyEscaped {
            let text = JSONText.unescaped(bytes, Int(member.keyStart), Int(member.keyEnd))
            return JSONText.equals(text.span, 0, text.count, key.word)
        }
        return JSONText.equals(bytes, Int(member.keyStart), Int(member.keyEnd), key.word)
    }

    /// Whether a member is there and not `null`.
    package func contains(_ key: JSONKey, in bytes: Span<UInt8>) -> Bool { value(key, in: bytes) != nil }

    /// Whether a member is a text that reads as `text`; `nil` when it is absent.
    func isText(_ key: JSONKey, _ text: String, in bytes: Span<UInt8>) throws(Refusal) -> Bool? {
        guard let value = value(key, in: bytes), value.kind == .plainText else {
            return try self.text(key, in: bytes).map { $0 == text }
        }
        guard text.utf8.count == value.end - value.start else { return false }
        var index = value.start
        for byte in text.utf8 {
            if bytes[index] != byte { return false }
            index += 1
        }
        return true
    }

    /// A text.
    package func text(_ key: JSONKey, in bytes: Span<UInt8>) throws(Refusal) -> String? {
        guard let value = value(key, in: bytes) else { return nil }
        guard let text = JSONText.text(value, bytes) else { throw Self.wrongType(key, "text", value) }
        return text
    }

    /// A whole number, written without fraction and exponent, within a range.
    package func integer(
        _ key: JSONKey, _ range: ClosedRange<Int>, in bytes: Span<UInt8>
    ) throws(Refusal) -> Int? {
        guard let value = value(key, in: bytes) else { return nil }
        switch value.kind {
        case .integer:
            let number = Int(value.integer)
            guard range.contains(number) else { throw Self.outOfRange(key, "\(number)", range) }
            return number
        case .number where abs(value.number) >= 1e18: throw Self.outOfRange(key, "\(value.number)", range)
        default: throw Self.wrongType(key, "a whole number", value)
        }
    }

    /// A finite number.
    package func number(_ key: JSONKey, in bytes: Span<UInt8>) throws(Refusal) -> Double? {
        guard let value = value(key, in: bytes) else { return nil }
        switch value.kind {
        case .integer: return Double(value.integer)
        case .number: return value.number
        default: throw Self.wrongType(key, "a number", value)
        }
    }

    /// A boolean.
    package func boolean(_ key: JSONKey, in bytes: Span<UInt8>) throws(Refusal) -> Bool? {
        guard let value = value(key, in: bytes) else { return nil }
        switch value.kind {
        case .true: return true
        case .false: return false
        default: throw Self.wrongType(key, "a boolean", value)
        }
    }

    /// A nested object.
    package func object(_ key: JSONKey, in bytes: Span<UInt8>) throws(Refusal) -> JSONObject? {
        guard let value = value(key, in: bytes) else { return nil }
        guard value.kind == .object else { throw Self.wrongType(key, "an object", value) }
        return try JSONObject(bytes, at: value.start)
    }

    /// A nested array of at most `maximum` elements.
    package func array(_ key: JSONKey, maximum: Int, in bytes: Span<UInt8>) throws(Refusal) -> JSONArray? {
        guard let value = value(key, in: bytes) else { return nil }
        guard value.kind == .array else { throw Self.wrongType(key, "an array", value) }
        return try JSONArray(key, bytes, at: value.start, maximum: maximum)
    }

    /// How many members there are, `null` ones included.
    var count: Int { members.count }

    /// The name and the value of the member at an index below ``count``, in the order of the payload.
    func member(_ index: Int, in bytes: Span<UInt8>) -> (name: String, value: JSONValue) {
        let member = members[index]
        let (start, end) = (Int(member.keyStart), Int(member.keyEnd))
        guard member.isKeyEscaped else { return (JSONText.plain(bytes, start, end), member.value) }
        return (String(decoding: JSONText.unescaped(bytes, start, end), as: UTF8.self), member.value)
    }

    static func wrongType(_ key: JSONKey, _ expected: String, _ found: JSONValue) -> Refusal {
        Refusal(.wrongType, "\(key) must be \(expected), not \(found.kind.name)")
    }

    static func outOfRange(_ key: JSONKey, _ found: String, _ range: ClosedRange<Int>) -> Refusal {
        Refusal(.outOfRange, "\(key) is \(found), not \(range.lowerBound) to \(range.upperBound)")
    }
}
