/// What is shown of a bucket, or of an empty one that was filled.
public struct SeriesItem: Sendable, Equatable {
    /// From its start up to the start of the next, as the calendar has it.
    public var span: Range<UnixTime>
    /// The unit of the values.
    public var unit: String
    /// How many values there are; 0 where it was filled.
    public var count: Int
    /// Their mean.
    public var mean: Double?
    /// The smallest.
    public var minimum: Double?
    /// The largest.
    public var maximum: Double?
    /// Their sum.
    public var sum: Double?
    /// The earliest.
    public var first: Double?
    /// When that was measured.
    public var firstTime: UnixTime?
    /// The latest.
    public var last: Double?
    /// When that was measured.
    public var lastTime: UnixTime?
    /// The sample standard deviation; `nil` for fewer than two values.
    public var standardDeviation: Double?

    /// Whether nothing was measured, and the values are those that ``Fill`` says.
    public var isFilled: Bool { count == 0 }

    /// A bucket as it is.
    ///
    /// - Parameters:
    ///   - bucket: The bucket.
    ///   - span: From its start up to the start of the next.
    public init(_ bucket: Bucket, span: Range<UnixTime>) {
        self.span = span
        unit = bucket.unit
        count = bucket.count
        mean = bucket.mean
        minimum = bucket.minimum
        maximum = bucket.maximum
        sum = bucket.sum
        first = bucket.first.value
        firstTime = bucket.first.time
        last = bucket.last.value
        lastTime = bucket.last.time
        standardDeviation = bucket.standardDeviation
    }

    /// An empty bucket with nothing in it yet.
    init(empty span: Range<UnixTime>, unit: String) {
        self.span = span
        self.unit = unit
        count = 0
    }
}

/// What can be shown of a bucket's values.
public enum Aggregate: String, Sendable, CaseIterable {
    case mean = "avg"
    case minimum = "min"
    case maximum = "max"
    case count, sum, first, last
    case standardDeviation = "stddev"
}

extension SeriesItem {
    /// The number that an aggregate stands for; `nil` where there is none.
    public subscript(aggregate: Aggregate) -> Double? {
        switch aggregate {
        case .mean: mean
        case .minimum: minimum
        case .maximum: maximum
        case .count: Double(count)
        case .sum: sum
        case .first: first
        case .last: last
        case .standardDeviation: standardDeviation
        }
    }
}
