import TwinCore

extension JSONScanner {
    /// Scans a text up to and including its closing quote.
    ///
    /// - Returns: Whether it has escapes.
    mutating func scanText(_ bytes: Span<UInt8>) throws(Refusal) -> Bool {
        var isEscaped = false
        while true {
            skipPlain(bytes)
            guard position < bytes.count else { throw malformed("'\"'", bytes) }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                advance(to: position + 1)
                return isEscaped
            case UInt8(ascii: "\\"):
                isEscaped = true
                try scanEscape(bytes)
            case 0x80...:
                try scanMultiByte(bytes)
            case 0..<0x20:
                throw malformed("a text without control characters", bytes)
            default:
                advance(to: position + 1)
            }
        }
    }

    /// Skips ASCII that needs no look, eight bytes at a time.
    @inline(__always)
    private mutating func skipPlain(_ bytes: Span<UInt8>) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while position &+ 8 <= bytes.count {
            // Any eight bytes are a UInt64, and the span checks its bounds.
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
            let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let slashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            // Classic "is any byte zero / below 0x20 / above 0x7F"; only bits above the lowest true one can be wrong.
            let special =
                (((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
                    | ((word &- ones &* 0x20) & ~word) | word) & highs
            guard special == 0 else {
                advance(to: position &+ special.trailingZeroBitCount >> 3)
                return
            }
            advance(to: position &+ 8)
        }
    }

    private mutating func scanEscape(_ bytes: Span<UInt8>) throws(Refusal) {
        advance(to: position + 1)
        guard position < bytes.count else { throw malformed("an escape", bytes) }
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            advance(to: position + 1)
        case UInt8(ascii: "u"):
            let unit = try scanCodeUnit(bytes)
            switch unit {
            case 0xD800...0xDBFF:
                guard take(UInt8(ascii: "\\"), bytes), position < bytes.count, bytes[position] == UInt8(ascii: "u"),
                    (0xDC00...0xDFFF).contains(try scanCodeUnit(bytes))
                else { throw Refusal(.invalidUTF8, "a lone surrogate before byte \(position)") }
            case 0xDC00...0xDFFF:
                throw Refusal(.invalidUTF8, "a lone surrogate before byte \(position)")
            default: break
            }
        default: throw malformed("an escape", bytes)
        }
    }

    /// Scans `uXXXX`.
    private mutating func scanCodeUnit(_ bytes: Span<UInt8>) throws(Refusal) -> UInt32 {
        guard position + 5 <= bytes.count, let unit = JSONText.codeUnit(bytes, position + 1) else {
            throw malformed("four hexadecimal digits", bytes)
        }
        advance(to: position + 5)
        return unit
    }

    /// Scans one scalar of two to four bytes: shortest form, no surrogate, at most U+10FFFF (Unicode, table 3-7).
    private mutating func scanMultiByte(_ bytes: Span<UInt8>) throws(Refusal) {
        let tail: Int
        let second: ClosedRange<UInt8>
        switch bytes[position] {
        case 0xC2...0xDF: (tail, second) = (1, 0x80...0xBF)
        case 0xE0: (tail, second) = (2, 0xA0...0xBF)
        case 0xED: (tail, second) = (2, 0x80...0x9F)
        case 0xE1...0xEF: (tail, second) = (2, 0x80...0xBF)
        case 0xF0: (tail, second) = (3, 0x90...0xBF)
        case 0xF1...0xF3: (tail, second) = (3, 0x80...0xBF)
        case 0xF4: (tail, second) = (3, 0x80...0x8F)
        default: throw Refusal(.invalidUTF8, "byte \(position) begins no UTF-8 character")
        }
        guard position + tail < bytes.count, second.contains(bytes[position + 1]) else {
            throw Refusal(.invalidUTF8, "the UTF-8 character at byte \(position) is not well formed")
        }
        for offset in 2..<max(2, tail + 1) where !(0x80...0xBF).contains(bytes[position + offset]) {
            throw Refusal(.invalidUTF8, "the UTF-8 character at byte \(position) is not well formed")
        }
        advance(to: position + tail + 1)
    }
}
