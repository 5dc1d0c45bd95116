public import TwinCore

/// A small generator: the same seed gives the same numbers everywhere.
///
/// Steele, Lea, Flood: *Fast Splittable Pseudorandom Number Generators*, 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Begins with a seed.
    public init(_ seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but not including, a bound.
    public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }

    /// A number from 0 up to, but not including, 1.
    public mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// A time within a span.
    public mutating func time(in span: Range<UnixTime>) -> UnixTime {
        let length = span.upperBound.milliseconds - span.lowerBound.milliseconds
        return span.lowerBound.advanced(byMilliseconds: Int64(below(Int(length))))
    }
}
