/// How a question about buckets is answered from stored rollups, whichever store holds them.
///
/// Pure: it says what to fetch, is told what was found, and adds it up. A store calls ``next()``, fetches all of what
/// that says (in any order, or at once), hands the findings over with the `take` functions, and goes on until there is
/// nothing more to fetch; then ``buckets`` is the answer. There are at most two rounds, however coarse the buckets are:
/// first it is asked what the rollups miss, then for rollups and samples together.
///
/// A stored bucket stands for its values when it lies within the span as a whole, is not marked as stale, and holds no
/// value that no rollup knows yet. What is not stored that way is taken from the next finer level, and what no minute
/// stands for, from the samples. A bucket that stands for its values and has no row is empty.
public struct RollupPlan: Sendable {
    /// Something to read from the store, of one sensor.
    public enum Fetch: Sendable, Equatable {
        /// Which stale buckets of a level begin within a span; handed over by ``take(stale:of:)``.
        case stale(RollupLevel, Range<UnixTime>)
        /// The event times within a span of stored samples that no rollup was made of yet, each minute at least once;
        /// handed over by ``take(young:)``.
        case young(Range<UnixTime>)
        /// The stored buckets of a level that begin within spans; handed over by ``take(_:)``.
        case buckets(RollupLevel, [Range<UnixTime>])
        /// What samples within spans add to a bucket, span for span, in the order of event time and, within one, of
        /// storing; handed over by ``take(_:unit:)``.
        case samples([Range<UnixTime>])
    }

    /// What a store still has.
    public struct Kept: Sendable, Equatable {
        /// The event time before which samples were removed: minutes that begin before it stay as they are.
        public var readingsFrom: UnixTime
        /// The time before which rollups were removed: no bucket that begins before it is taken as a whole.
        public var rollupsFrom: UnixTime
        /// The coarsest level whose buckets are those of the calendar; hours are everybody's.
        public var coarsest = RollupLevel.month

        /// Puts the two bounds together.
        public init(readingsFrom: UnixTime, rollupsFrom: UnixTime) {
            self.readingsFrom = readingsFrom
            self.rollupsFrom = rollupsFrom
        }

        /// A store that never removed anything.
        public static let everything = Self(readingsFrom: earliest, rollupsFrom: earliest)
    }

    private enum Stage { case marks, values, done }

    /// Where time begins and ends for a plan: 1 January of the years 1 and 10000.
    private static let earliest = UnixTime(milliseconds: -62_135_596_800_000)
    private static let latest = UnixTime(milliseconds: 253_402_300_800_000)

    private let resolution: Resolution
    private let span: Range<UnixTime>
    private let levels: [RollupLevel]
    private let calendar: SiteCalendar
    private let kept: Kept
    private var stage: Stage
    private var stale: [RollupLevel: Set<UnixTime>] = [:]
    private var young: Set<UnixTime> = []
    private var fold: BucketFold

    /// Plans the answer to a question.
    ///
    /// - Parameters:
    ///   - resolution: How long the buckets of the answer are.
    ///   - span: Which event times they hold; the end is exclusive.
    ///   - calendar: Where the stored days, weeks and months begin.
    ///   - kept: What the store still has.
    public init(
        _ resolution: Resolution, over span: Range<UnixTime>, calendar: SiteCalendar, kept: Kept = .everything
    ) {
        self.init(resolution, span, from: resolution.level, calendar, kept)
    }

    /// Plans how a bucket to be stored is made of those of the finer levels.
    public init(
        making level: RollupLevel, containing time: UnixTime, calendar: SiteCalendar, kept: Kept = .everything
    ) {
        let span = calendar.bucket(level.resolution, containing: time)
        self.init(level.resolution, span, from: level.finer, calendar, kept)
    }

    private init(
        _ resolution: Resolution, _ span: Range<UnixTime>, from coarsest: RollupLevel?, _ calendar: SiteCalendar,
        _ kept: Kept
    ) {
        self.resolution = resolution
        self.span = span.clamped(to: Self.earliest..<Self.latest)
        self.calendar = calendar
        self.kept = kept
        levels = coarsest.map { Array(sequence(first: min($0, kept.coarsest), next: \.finer)) } ?? []
        stage = self.span.isEmpty ? .done : .marks
        fold = BucketFold(resolution, calendar)
    }

    /// What to fetch next; nothing when the answer is complete.
    public mutating func next() -> [Fetch] {
        switch stage {
        case .marks:
            stage = .values
            return [.young(span)] + levels.map { .stale($0, span) }
        case .values:
            stage = .done
            return values()
        case .done: return []
        }
    }

    /// The answer: oldest first, units of one bucket in the order of their words; buckets without values are left out.
    public var buckets: [Bucket] { fold.buckets }

    /// Takes note that a stored bucket is not what it should be.
    public mutating func take(stale start: UnixTime, of level: RollupLevel) {
        // What minutes of removed samples were made of is gone; as they are stored, they are all there is.
        guard level != .minute || start >= kept.readingsFrom else { return }
        stale[level, default: []].insert(start)
    }

    /// Takes note that no stored bucket holds some value of this event time.
    public mutating func take(young time: UnixTime) {
        let minute = calendar.bucket(.minute, containing: time).lowerBound
        guard minute >= kept.readingsFrom, young.insert(minute).inserted else { return }
        for level in levels {
            stale[level, default: []].insert(calendar.bucket(level.resolution, containing: minute).lowerBound)
        }
    }

    /// Takes in a stored bucket.
    public mutating func take(_ bucket: Bucket) { fold.add(bucket) }

    /// Takes in a value.
    public mutating func take(_ point: Bucket.Point, unit: String) {
        fold.add(Bucket(start: point.time, unit: unit, point))
    }

    private func values() -> [Fetch] {
        var fetches: [Fetch] = []
        var open = RangeList(span)
        for level in levels {
            let marks = stale[level, default: []].sorted()
            var (whole, rest) = (RangeList(), RangeList())
            // Where a day begins at half past, an hour lies in two of the answer's buckets, and stands for neither.
            let straddles = level == .hour && resolution.milliseconds == nil
            for piece in straddles ? open.ranges.flatMap(parted) : open.ranges {
                cut(piece, level, marks, whole: &whole, rest: &rest)
            }
            if !whole.ranges.isEmpty { fetches.append(.buckets(level, whole.ranges)) }
            open = rest
        }
        return open.ranges.isEmpty ? fetches : fetches + [.samples(open.ranges)]
    }

    /// Parts a piece of the span where buckets of the answer begin.
    private func parted(_ piece: Range<UnixTime>) -> [Range<UnixTime>] {
        let starts = calendar.starts(resolution, in: piece)
        return zip(starts, starts.dropFirst() + [piece.upperBound]).map { max($0, piece.lowerBound)..<$1 }
    }

    /// Parts a piece of the span into what stored buckets stand for, and what is left to finer ones.
    private func cut(
        _ piece: Range<UnixTime>, _ level: RollupLevel, _ marks: [UnixTime], whole: inout RangeList,
        rest: inout RangeList
    ) {
        let from = firstStart(level, from: max(piece.lowerBound, kept.rollupsFrom))
        let to = calendar.bucket(level.resolution, containing: piece.upperBound).lowerBound
        guard from < to else { return rest.append(piece) }
        rest.append(piece.lowerBound..<from)
        var place = from
        for mark in marks[Self.firstIndex(of: from, in: marks)...].prefix(while: { $0 < to }) {
            let end = calendar.bucket(level.resolution, containing: mark).upperBound
            whole.append(place..<mark)
            rest.append(mark..<end)
            place = end
        }
        whole.append(place..<to)
        rest.append(to..<piece.upperBound)
    }

    /// Where the first bucket begins that begins at a time or later.
    private func firstStart(_ level: RollupLevel, from time: UnixTime) -> UnixTime {
        let bucket = calendar.bucket(level.resolution, containing: time)
        return bucket.lowerBound == time ? time : bucket.upperBound
    }

    private static func firstIndex(of time: UnixTime, in times: [UnixTime]) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Spans in order, those that meet joined.
private struct RangeList {
    private(set) var ranges: [Range<UnixTime>] = []

    init(_ ranges: Range<UnixTime>...) { self.ranges = ranges }

    mutating func append(_ range: Range<UnixTime>) {
        guard !range.isEmpty else { return }
        if let last = ranges.last, last.upperBound == range.lowerBound {
            ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
            ranges.append(range)
        }
    }
}
