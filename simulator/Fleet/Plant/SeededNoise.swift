/// A small generator of pseudo-random numbers; the same seed always gives the same numbers.
///
/// The state walks by a constant odd step and every output is a bit mix of it (the splitmix construction), so that
/// neighbouring seeds give unrelated numbers.
struct SeededNoise: Sendable, Equatable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// The next number from 0 up to but not including 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// The next number around 0, at most `amplitude` away and more often near.
    mutating func around(_ amplitude: Double) -> Double { (unit() + unit() - 1) * amplitude }

    /// The next whole number from 0 up to but not including `bound`.
    mutating func below(_ bound: Int64) -> Int64 {
        precondition(bound > 0, "no number is below \(bound)")
        return Int64(next() % UInt64(bound))
    }

    /// Spreads the bits of `value` over all 64.
    static func mixed(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
