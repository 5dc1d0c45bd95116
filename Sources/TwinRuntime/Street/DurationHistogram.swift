/// How often something took how long, in microseconds.
///
/// Counts are kept in buckets whose width grows with the value: exact below 8 µs, then eight buckets to each
/// doubling, so a percentile is at most an eighth too high. A value; two of them can be merged.
public struct DurationHistogram: Sendable, Equatable {
    /// Buckets to each doubling.
    private static let bucketsPerDoubling = 8
    /// Larger durations, in microseconds, are counted as this long (about 71 minutes).
    private static let largest: UInt64 = 0xFFFF_FFFF

    /// How many durations were counted.
    public private(set) var count: UInt64 = 0
    /// The longest one, in microseconds.
    public private(set) var max: UInt64 = 0
    /// All of them together, in microseconds.
    public private(set) var sum: UInt64 = 0
    private var buckets: [UInt64] = Array(repeating: 0, count: bucket(of: largest) + 1)

    /// Makes an empty histogram.
    public init() {}

    /// Counts one duration.
    public mutating func record(microseconds: UInt64) {
        let value = Swift.min(microseconds, Self.largest)
        count += 1
        sum &+= value
        max = Swift.max(max, value)
        buckets[Self.bucket(of: value)] += 1
    }

    /// Adds another histogram's counts.
    public mutating func merge(_ other: DurationHistogram) {
        count += other.count
        sum &+= other.sum
        max = Swift.max(max, other.max)
        for index in buckets.indices { buckets[index] += other.buckets[index] }
    }

    /// The duration that so many per cent of all do not exceed, in microseconds; 0 when nothing was counted.
    ///
    /// - Parameter percent: 0 to 100, for example 99.
    public func percentile(_ percent: Double) -> UInt64 {
        precondition((0...100).contains(percent), "\(percent) is not a percentage.")
        guard count > 0 else { return 0 }
        let wanted = Swift.max(1, UInt64((Double(count) * percent / 100).rounded(.up)))
        var seen: UInt64 = 0
        for (index, number) in buckets.enumerated() {
            seen += number
            if seen >= wanted { return Swift.min(Self.upperBound(of: index), max) }
        }
        return max
    }

    private static func bucket(of value: UInt64) -> Int {
        let base = UInt64(bucketsPerDoubling)
        guard value >= base else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - base.trailingZeroBitCount
        return (shift + 1) * bucketsPerDoubling + Int((value >> UInt64(shift)) - base)
    }

    /// The largest value that falls into a bucket.
    private static func upperBound(of bucket: Int) -> UInt64 {
        guard bucket >= bucketsPerDoubling else { return UInt64(bucket) }
        let shift = UInt64(bucket / bucketsPerDoubling - 1)
        return (UInt64(bucketsPerDoubling + bucket % bucketsPerDoubling + 1) << shift) - 1
    }
}
