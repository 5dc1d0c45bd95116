/// How a long span of buckets is read in parts, each small enough for the memory, and few of them.
///
/// Where values are dense a part is as short as the bound asks; where they are sparse it is as long as its values
/// allow: a value a month at a resolution of a minute is read in a few parts, not in thousands. How dense values are
/// is known from coarser buckets, which stores keep ready: no part has more buckets with values than it has values.
public struct WindowPlan: Sendable {
    /// The most buckets of one unit that a part holds, but for one at each end: a day of minutes is one part.
    public static let maximumBuckets = 1_500

    /// What is to be done with a span next.
    public enum Step: Sendable, Equatable {
        /// Read its buckets.
        case read(Range<UnixTime>)
        /// Ask how its values lie, in buckets of that level, and go on with ``WindowPlan/steps(_:among:by:)``.
        case divide(Range<UnixTime>, by: RollupLevel)
    }

    /// Where buckets begin.
    public let calendar: SiteCalendar
    /// Of what length they are.
    public let resolution: Resolution

    /// Puts a plan together.
    public init(calendar: SiteCalendar, resolution: Resolution) {
        self.calendar = calendar
        self.resolution = resolution
    }

    /// What to do with a whole span first.
    public func step(_ span: Range<UnixTime>) -> Step {
        let fits = calendar.count(resolution, in: span, atMost: Self.maximumBuckets) != nil
        return fits ? .read(span) : .divide(span, by: .month)
    }

    /// What to do with the parts of a divided span, oldest first.
    ///
    /// - Parameters:
    ///   - span: The span.
    ///   - coarse: Its buckets of that level, oldest first.
    ///   - level: Their length.
    public func steps(_ span: Range<UnixTime>, among coarse: [Bucket], by level: RollupLevel) -> [Step] {
        var steps: [Step] = []
        var open: (part: Range<UnixTime>, load: Int)?
        for (part, load) in parts(of: span, coarse, level) {
            if let before = open, before.load + load <= Self.maximumBuckets {
                open = (before.part.lowerBound..<part.upperBound, before.load + load)
                continue
            }
            if let before = open { steps.append(.read(before.part)) }
            open = nil
            if load > Self.maximumBuckets, let finer = finer(than: level) {
                steps.append(.divide(part, by: finer))
            } else {
                open = (part, load)
            }
        }
        if let open { steps.append(.read(open.part)) }
        return steps
    }

    /// The span of each coarse bucket, and how many buckets with values it holds at most.
    ///
    /// A bucket may lie across the end of a coarse one (a week and two months, six hours and two local days). It is
    /// read whole with the earlier one, so that spans neither overlap nor cut a bucket in two.
    private func parts(
        of span: Range<UnixTime>, _ coarse: [Bucket], _ level: RollupLevel
    ) -> [(part: Range<UnixTime>, load: Int)] {
        var parts: [(part: Range<UnixTime>, load: Int)] = []
        var counts: [(start: UnixTime, count: Int)] = []
        for bucket in coarse {
            // Values of several units have a bucket each.
            if let last = counts.last, last.start == bucket.start {
                counts[counts.count - 1].count += bucket.count
            } else {
                counts.append((bucket.start, bucket.count))
            }
        }
        var end = span.lowerBound
        for (start, count) in counts {
            let whole = calendar.bucket(level.resolution, containing: start)
            let first = calendar.bucket(resolution, containing: whole.lowerBound)
            let last = calendar.bucket(resolution, containing: whole.upperBound.advanced(byMilliseconds: -1))
            let lower = max(first.lowerBound, end)
            let upper = min(last.upperBound, span.upperBound)
            guard lower < upper else { continue }
            let slots = calendar.count(resolution, in: lower..<upper, atMost: Self.maximumBuckets)
            parts.append((lower..<upper, min(count, slots ?? count)))
            end = upper
        }
        return parts
    }

    /// The next level by which a part that is still too dense is divided; `nil` where a part of one is never too dense.
    private func finer(than level: RollupLevel) -> RollupLevel? {
        let levels: [RollupLevel] = [.month, .day, .hour]
        return levels.first { $0 < level && $0.resolution.longestMilliseconds >= resolution.longestMilliseconds }
    }
}
