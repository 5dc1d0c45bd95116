/// What can be done with texts whose bytes the scanner has found in order.
enum JSONText {
    /// The first eight bytes, the first lowest, padded with zeros.
    @inline(__always)
    static func prefix(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
        let count = min(8, end - start)
        if start + 8 <= bytes.count {
            // Any eight bytes are a UInt64, and the span checks its bounds.
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self).littleEndian
            return count == 8 ? word : word & ((1 << UInt64(count * 8)) - 1)
        }
        var word: UInt64 = 0
        for offset in 0..<count { word |= UInt64(bytes[start + offset]) << UInt64(offset * 8) }
        return word
    }

    /// The first eight bytes of a word, the first lowest, padded with zeros.
    @inline(__always)
    static func prefix(_ word: StaticString) -> UInt64 {
        var bits: UInt64 = 0
        for offset in 0..<min(8, word.utf8CodeUnitCount) {
            bits |= unsafe UInt64(word.utf8Start[offset]) << UInt64(offset * 8)
        }
        return bits
    }

    /// Whether a range of the bytes reads as `word`.
    static func equals(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ word: StaticString) -> Bool {
        guard end - start == word.utf8CodeUnitCount else { return false }
        for offset in 0..<(end - start) where unsafe bytes[start + offset] != word.utf8Start[offset] { return false }
        return true
    }

    /// Whether two keys of one prefix and one length are the same.
    static func areKeysEqual(_ left: JSONMember, _ right: JSONMember, _ bytes: Span<UInt8>) -> Bool {
        guard left.keyLength > 8 else { return true }
        guard left.isKeyEscaped || right.isKeyEscaped else {
            for offset in 0..<Int(left.keyLength)
            where bytes[Int(left.keyStart) + offset] != bytes[Int(right.keyStart) + offset] { return false }
            return true
        }
        return unescaped(bytes, Int(left.keyStart), Int(left.keyEnd))
            == unescaped(bytes, Int(right.keyStart), Int(right.keyEnd))
    }

    /// The text of a range without escapes.
    @inline(__always)
    static func plain(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> String {
        // The scanner has validated these bytes.
        unsafe String(copying: UTF8Span(unchecked: bytes.extracting(start..<end)))
    }

    /// The text of a value; `nil` when it is none.
    static func text(_ value: JSONValue, _ bytes: Span<UInt8>) -> String? {
        switch value.kind {
        case .plainText: plain(bytes, value.start, value.end)
        case .escapedText: String(decoding: unescaped(bytes, value.start, value.end), as: UTF8.self)
        case .integer, .number, .true, .false, .null, .object, .array: nil
        }
    }

    /// The bytes of a range with its escapes resolved.
    static func unescaped(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(end - start)
        var index = start
        while index < end {
            guard bytes[index] == UInt8(ascii: "\\") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"):
                let (scalar, next) = scalar(bytes, index)
                text.append(contentsOf: String(Character(scalar)).utf8)
                index = next
                continue
            case let byte: text.append(byte)
            }
            index += 2
        }
        return text
    }

    /// The value of four hexadecimal digits; `nil` when they are none.
    static func codeUnit(_ bytes: Span<UInt8>, _ start: Int) -> UInt32? {
        var unit: UInt32 = 0
        for offset in 0..<4 {
            let byte = bytes[start + offset]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return unit
    }

    /// The scalar of the `\uXXXX`, or of the pair of them, that begins at `index`, and where the next byte is.
    private static func scalar(_ bytes: Span<UInt8>, _ index: Int) -> (Unicode.Scalar, next: Int) {
        let high = codeUnit(bytes, index + 2) ?? 0xFFFD
        guard (0xD800...0xDBFF).contains(high) else { return (Unicode.Scalar(high) ?? "\u{FFFD}", index + 6) }
        let low = codeUnit(bytes, index + 8) ?? 0xDC00
        let value = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
        return (Unicode.Scalar(value) ?? "\u{FFFD}", index + 12)
    }
}
