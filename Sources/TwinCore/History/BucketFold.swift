/// Adds buckets up to those of a coarser resolution.
///
/// Fastest when neighbours come one after the other; any order is right.
public struct BucketFold: Sendable {
    private struct Key: Hashable, Comparable {
        let start: UnixTime
        let unit: String

        static func < (left: Self, right: Self) -> Bool { (left.start, left.unit) < (right.start, right.unit) }
    }

    private let resolution: Resolution
    private let calendar: SiteCalendar
    private var sums: [Bucket] = []
    private var places: [Key: Int] = [:]
    /// The bucket that the last one fell into.
    private var current: Range<UnixTime>

    /// Begins with nothing.
    public init(_ resolution: Resolution, _ calendar: SiteCalendar) {
        self.resolution = resolution
        self.calendar = calendar
        current = UnixTime(milliseconds: 0)..<UnixTime(milliseconds: 0)
    }

    /// Adds one that lies within one bucket of the coarser resolution.
    public mutating func add(_ bucket: Bucket) {
        if !current.contains(bucket.start) { current = calendar.bucket(resolution, containing: bucket.start) }
        if let last = sums.last, last.start == current.lowerBound, last.unit == bucket.unit {
            return sums[sums.count - 1].merge(bucket)
        }
        let key = Key(start: current.lowerBound, unit: bucket.unit)
        if let place = places[key] { return sums[place].merge(bucket) }
        places[key] = sums.count
        var first = bucket
        first.start = current.lowerBound
        sums.append(first)
    }

    /// The sums, oldest first, units of one bucket in the order of their words.
    public var buckets: [Bucket] { places.sorted { $0.key < $1.key }.map { sums[$0.value] } }
}
