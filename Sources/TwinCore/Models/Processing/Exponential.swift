/// eˣ, ln x and xʸ in plain arithmetic.
///
/// The standard library has none of them, and the C libraries' differ in their last digit from platform to platform: a
/// world's run must not. Right to about 1 part in 10¹⁵, tested against the C library.
enum Exponential {
    // ln 2 in two parts, so that a multiple of the first is exact.
    private static let ln2High = 6.931_471_803_691_238_164_90e-01
    private static let ln2Low = 1.908_214_929_270_587_700_02e-10

    /// eˣ, by eˣ = 2ᵏ · eʳ with |r| ≤ ln 2 / 2 and the power series of eʳ.
    static func exp(_ x: Double) -> Double {
        guard x.isFinite else { return x == -.infinity ? 0 : x }
        guard x < 709.7 else { return .infinity }
        guard x > -708.3 else { return 0 }
        let k = (x / (ln2High + ln2Low)).rounded()
        let r = (x - k * ln2High) - k * ln2Low
        var sum = 1.0
        for n in stride(from: 14, through: 1, by: -1) { sum = 1 + r / Double(n) * sum }
        return Double(sign: .plus, exponent: Int(k), significand: sum)
    }

    /// ln x, by x = 2ᵏ · m with √½ ≤ m < √2 and ln m = 2 · artanh((m − 1) / (m + 1)); not a number unless 0 < x < ∞.
    static func ln(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return .nan }
        var m = x.significand
        var k = Double(x.exponent)
        if m > 1.414_213_562_373_095_1 {
            m /= 2
            k += 1
        }
        let t = (m - 1) / (m + 1)
        let square = t * t
        var sum = 0.0
        for n in stride(from: 21, through: 1, by: -2) { sum = sum * square + 1 / Double(n) }
        return k * ln2High + (2 * t * sum + k * ln2Low)
    }

    /// xʸ for positive x.
    static func power(_ x: Double, _ y: Double) -> Double { exp(y * ln(x)) }
}
