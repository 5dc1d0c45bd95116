/// What is known of a sensor's values within a span of time.
///
/// Buckets of neighbouring spans merge into one, in any order, without the values they were made of. The mean and the
/// sum of squared deviations from it are kept rather than two plain sums, whose difference loses every digit when the
/// values are large and close together (Chan, Golub, LeVeque: *Updating Formulae and a Pairwise Algorithm for
/// Computing Sample Variances*, 1979).
public struct Bucket: Sendable, Equatable {
    /// A value and when it was measured.
    public struct Point: Sendable, Equatable {
        public var time: UnixTime
        public var value: Double

        /// The largest magnitude that counts, in any unit: the squares of many such values still add up to a number.
        public static let largestMagnitude = 1e140

        /// Puts a point together.
        public init(time: UnixTime, value: Double) {
            self.time = time
            self.value = value
        }

        /// What a sample of such a value and quality adds to a bucket; `nil` for nothing.
        public init?(time: UnixTime, value: Double?, _ quality: Quality) {
            // NaN is not below anything.
            guard quality.isPlausible, let value, abs(value) <= Self.largestMagnitude else { return nil }
            self.init(time: time, value: value)
        }
    }

    /// Where the span begins; its length follows from the resolution.
    public var start: UnixTime
    /// The unit of the values; values of different units never share a bucket.
    public var unit: String
    /// How many values there are, at least 1.
    public var count: Int
    /// Their mean.
    public var mean: Double
    /// The sum of their squared deviations from the mean.
    public var squaredDeviations: Double
    /// The smallest.
    public var minimum: Double
    /// The largest.
    public var maximum: Double
    /// The earliest by event time; of several at that time, the one that was stored first.
    public var first: Point
    /// The latest by event time; of several at that time, the one that was stored last.
    public var last: Point

    /// Puts a bucket together as it was stored.
    public init(
        start: UnixTime, unit: String, count: Int, mean: Double, squaredDeviations: Double, minimum: Double,
        maximum: Double, first: Point, last: Point
    ) {
        precondition(count > 0, "a bucket of nothing is no bucket")
        self.start = start
        self.unit = unit
        self.count = count
        self.mean = mean
        self.squaredDeviations = squaredDeviations
        self.minimum = minimum
        self.maximum = maximum
        self.first = first
        self.last = last
    }

    /// A bucket of one value.
    public init(start: UnixTime, unit: String, _ point: Point) {
        self.init(
            start: start, unit: unit, count: 1, mean: point.value, squaredDeviations: 0, minimum: point.value,
            maximum: point.value, first: point, last: point)
    }

    /// Their sum.
    public var sum: Double { mean * Double(count) }

    /// The sum of their squares.
    public var sumOfSquares: Double { squaredDeviations + mean * mean * Double(count) }

    /// The sample standard deviation; `nil` for fewer than two values.
    public var standardDeviation: Double? {
        count < 2 ? nil : (squaredDeviations / Double(count - 1)).squareRoot()
    }

    /// Takes one more value in; values come in the order of (event time, storing).
    public mutating func add(_ point: Point) {
        merge(Bucket(start: start, unit: unit, point))
    }

    /// Takes in what is known of another span; where both hold values of one time, the other's were stored later.
    public mutating func merge(_ other: Bucket) {
        precondition(unit == other.unit, "values in \(unit) and \(other.unit) have no common mean")
        let total = Double(count + other.count)
        let delta = other.mean - mean
        squaredDeviations += other.squaredDeviations + delta * delta * Double(count) * Double(other.count) / total
        mean += delta * Double(other.count) / total
        count += other.count
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        if other.first.time < first.time { first = other.first }
        if other.last.time >= last.time { last = other.last }
    }
}

extension Sample {
    /// What the sample adds to a bucket: its value, unless it has none or the value means nothing.
    ///
    /// Values outside the physical range of their kind, and those of a sensor that reports a fault, are history but no
    /// part of a mean.
    public var point: Bucket.Point? { Bucket.Point(time: eventTime, value: value, quality) }
}
