import TwinCore

/// Checks a JSON text and notes where the members of its outermost object, or the elements of one array, lie.
///
/// Strict RFC 8259, and stricter: numbers must be finite, no key may stand twice in one object (compared without
/// escapes), texts must be UTF-8 without lone surrogates, and every quantity is bounded by a limit of ``JSONObject``.
struct JSONScanner {
    /// Where the next byte is read.
    private(set) var position: Int
    private var members: [JSONMember] = []
    private var memberCount = 0
    private var escapedKeyCount = 0
    /// Room for the members of a sensor message, so that they cost one allocation.
    private static let usualMembers = 20

    init(at position: Int = 0) {
        self.position = position
        members.reserveCapacity(Self.usualMembers)
    }

    /// Ends the scan with the members of the outermost object.
    func finished() -> [JSONMember] { members }

    /// Scans a text that must be one object and nothing more.
    mutating func scanDocument(_ bytes: Span<UInt8>) throws(Refusal) {
        skipSpace(bytes)
        guard position < bytes.count else { throw malformed("a value", bytes) }
        let isObject = bytes[position] == UInt8(ascii: "{")
        if isObject { try scanObject(bytes, depth: 1) } else { _ = try scanValue(bytes, depth: 0) }
        skipSpace(bytes)
        guard position == bytes.count else { throw malformed("the end", bytes) }
        guard isObject else { throw Refusal(.notAnObject, "the payload is JSON, but not an object") }
    }

    /// Scans the object that begins here, and keeps its members when it is the outermost.
    mutating func scanObject(_ bytes: Span<UInt8>, depth: Int) throws(Refusal) {
        try checkDepth(depth)
        let first = members.count
        // One bit for each of 64 groups of keys: only a key whose group was seen must be compared with all others.
        var seen: UInt64 = 0
        position += 1
        skipSpace(bytes)
        if take(UInt8(ascii: "}"), bytes) { return }
        while true {
            let member = try scanKey(bytes)
            let group: UInt64 = 1 << member.keyGroup
            if seen & group != 0 { try checkUnique(member, from: first, bytes) }
            seen |= group
            let index = members.count
            members.append(member)
            skipSpace(bytes)
            guard take(UInt8(ascii: ":"), bytes) else { throw malformed("':'", bytes) }
            skipSpace(bytes)
            let value = try scanValue(bytes, depth: depth)
            members[index].value = value
            skipSpace(bytes)
            if take(UInt8(ascii: ","), bytes) {
                skipSpace(bytes)
            } else if take(UInt8(ascii: "}"), bytes) {
                break
            } else {
                throw malformed("',' or '}'", bytes)
            }
        }
        if depth > 1 { members.removeLast(members.count - first) }
    }

    /// Scans the array that begins here, and keeps its elements as members without keys.
    mutating func scanElements(_ bytes: Span<UInt8>, maximum: Int) throws(Refusal) {
        try scanArray(bytes, depth: 1, keepsElements: maximum)
    }

    private mutating func scanArray(
        _ bytes: Span<UInt8>, depth: Int, keepsElements maximum: Int? = nil
    ) throws(Refusal) {
        try checkDepth(depth)
        position += 1
        skipSpace(bytes)
        if take(UInt8(ascii: "]"), bytes) { return }
        while true {
            let value = try scanValue(bytes, depth: depth)
            if let maximum {
                guard members.count < maximum else { throw Refusal(.tooLarge, "more than \(maximum) elements") }
                var element = JSONMember()
                element.value = value
                members.append(element)
            }
            skipSpace(bytes)
            if take(UInt8(ascii: ","), bytes) {
                skipSpace(bytes)
            } else if take(UInt8(ascii: "]"), bytes) {
                return
            } else {
                throw malformed("',' or ']'", bytes)
            }
        }
    }

    private mutating func scanValue(_ bytes: Span<UInt8>, depth: Int) throws(Refusal) -> JSONValue {
        guard position < bytes.count else { throw malformed("a value", bytes) }
        let start = position
        switch bytes[position] {
        case UInt8(ascii: "\""):
            position += 1
            let isEscaped = try scanText(bytes)
            return JSONValue(isEscaped ? .escapedText : .plainText, start: start + 1, end: position - 1)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try scanNumber(bytes)
        case UInt8(ascii: "{"):
            try scanObject(bytes, depth: depth + 1)
            return JSONValue(.object, start: start, end: position)
        case UInt8(ascii: "["):
            try scanArray(bytes, depth: depth + 1)
            return JSONValue(.array, start: start, end: position)
        case UInt8(ascii: "t"): return try scanWord("true", .true, bytes)
        case UInt8(ascii: "f"): return try scanWord("false", .false, bytes)
        case UInt8(ascii: "n"): return try scanWord("null", .null, bytes)
        default: throw malformed("a value", bytes)
        }
    }

    private mutating func scanKey(_ bytes: Span<UInt8>) throws(Refusal) -> JSONMember {
        guard take(UInt8(ascii: "\""), bytes) else { throw malformed("a key", bytes) }
        let start = position
        let isEscaped = try scanText(bytes)
        let end = position - 1
        var member = JSONMember()
        member.keyStart = UInt32(truncatingIfNeeded: start)
        member.keyEnd = UInt32(truncatingIfNeeded: end)
        if isEscaped {
            escapedKeyCount += 1
            guard end - start <= JSONObject.maximumEscapedKeyBytes, escapedKeyCount <= JSONObject.maximumEscapedKeys
            else { throw Refusal(.tooLarge, "the key at byte \(start) has escapes and is too long or one too many") }
            let text = JSONText.unescaped(bytes, start, end)
            member.keyLength = UInt32(truncatingIfNeeded: text.count)
            member.keyPrefix = JSONText.prefix(text.span, 0, text.count)
        } else {
            member.keyLength = UInt32(truncatingIfNeeded: end - start)
            member.keyPrefix = JSONText.prefix(bytes, start, end)
        }
        memberCount += 1
        guard memberCount <= JSONObject.maximumMembers else {
            throw Refusal(.tooLarge, "the payload has more than \(JSONObject.maximumMembers) members")
        }
        return member
    }

    private mutating func scanWord(
        _ word: StaticString, _ kind: JSONValue.Kind, _ bytes: Span<UInt8>
    ) throws(Refusal) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, JSONText.equals(bytes, position, end, word) else {
            throw malformed("'\(word)'", bytes)
        }
        position = end
        return JSONValue(kind, start: 0, end: 0)
    }

    // MARK: What follows is shared with the extensions in the neighbouring files.

    mutating func advance(to position: Int) { self.position = position }

    @inline(__always)
    mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    @inline(__always)
    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
            default: return
            }
        }
    }

    private func checkDepth(_ depth: Int) throws(Refusal) {
        guard depth <= JSONObject.maximumDepth else {
            throw Refusal(.tooDeep, "byte \(position) is nested deeper than \(JSONObject.maximumDepth) levels")
        }
    }

    private func checkUnique(_ member: JSONMember, from first: Int, _ bytes: Span<UInt8>) throws(Refusal) {
        for index in first..<members.count {
            let other = members[index]
            guard other.keyPrefix == member.keyPrefix, other.keyLength == member.keyLength else { continue }
            if JSONText.areKeysEqual(other, member, bytes) {
                throw Refusal(.duplicateKey, "the key at byte \(member.keyStart) stands twice in its object")
            }
        }
    }

    func malformed(_ expected: String, _ bytes: Span<UInt8>) -> Refusal {
        let found = position < bytes.count ? "something else at byte \(position)" : "the end"
        return Refusal(.malformedJSON, "expected \(expected), found \(found)")
    }
}
