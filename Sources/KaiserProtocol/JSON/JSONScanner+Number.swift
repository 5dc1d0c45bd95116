import TwinCore

extension JSONScanner {
    /// The largest whole number that every double below it can count to.
    private static let exactMantissa: UInt64 = 1 << 53
    /// Digits that always fit into a 64-bit integer.
    private static let safeDigits = 18

    /// Scans a number; it must be finite.
    mutating func scanNumber(_ bytes: Span<UInt8>) throws(Refusal) -> JSONValue {
        let start = position
        let isNegative = take(UInt8(ascii: "-"), bytes)
        var mantissa: UInt64 = 0
        var digits = 0
        let whole = position
        try scanDigits(bytes, &mantissa, &digits)
        if digits > 1, bytes[whole] == UInt8(ascii: "0") {
            throw Refusal(.malformedJSON, "the number at byte \(start) has a leading zero")
        }
        var isWhole = true
        var exponent = 0
        if take(UInt8(ascii: "."), bytes) {
            isWhole = false
            let before = digits
            try scanDigits(bytes, &mantissa, &digits)
            exponent = before - digits
        }
        if take(UInt8(ascii: "e"), bytes) || take(UInt8(ascii: "E"), bytes) {
            isWhole = false
            exponent += try scanExponent(bytes)
        }
        guard position - start <= JSONObject.maximumNumberBytes else {
            throw Refusal(.tooLarge, "the number at byte \(start) has more than \(JSONObject.maximumNumberBytes) bytes")
        }
        if isWhole, digits <= Self.safeDigits {
            let magnitude = Int64(mantissa)
            return JSONValue(isNegative ? -magnitude : magnitude)
        }
        // A mantissa and a power of ten that are both exact give the correctly rounded quotient or product.
        if digits <= Self.safeDigits, mantissa <= Self.exactMantissa, (-22...22).contains(exponent) {
            let power = Self.powersOfTen[abs(exponent)]
            let magnitude = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
            return JSONValue(isNegative ? -magnitude : magnitude)
        }
        let text = JSONText.plain(bytes, start, position)
        guard let number = Double(text), number.isFinite else {
            throw Refusal(.notFinite, "the number at byte \(start) is beyond every finite number")
        }
        return JSONValue(number)
    }

    @inline(__always)
    private mutating func scanDigits(
        _ bytes: Span<UInt8>, _ mantissa: inout UInt64, _ digits: inout Int
    ) throws(Refusal) {
        let start = position
        var index = start
        while index < bytes.count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            // Wraps only past the digits whose value is used.
            mantissa = mantissa &* 10 &+ UInt64(digit)
            index += 1
        }
        advance(to: index)
        guard index > start else { throw malformed("a digit", bytes) }
        digits += index - start
    }

    private mutating func scanExponent(_ bytes: Span<UInt8>) throws(Refusal) -> Int {
        let isNegative = take(UInt8(ascii: "-"), bytes)
        if !isNegative { _ = take(UInt8(ascii: "+"), bytes) }
        var magnitude: UInt64 = 0
        var digits = 0
        try scanDigits(bytes, &magnitude, &digits)
        let bounded = digits > 6 ? 1_000_000 : Int(magnitude)
        return isNegative ? -bounded : bounded
    }

    /// 10⁰ to 10²², all exact as doubles.
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
