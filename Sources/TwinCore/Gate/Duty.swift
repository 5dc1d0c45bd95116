/// When an output was on, as far as its limits need to know; changed by facts alone.
///
/// On counts from the moment the output is allowed to be on, or shows itself on, until its device shows it off: what
/// is not known counts as on.
public struct Duty: Sendable, Equatable, Codable {
    /// One on-time.
    public struct Period: Sendable, Equatable, Codable {
        /// When it began.
        public internal(set) var on: Moment
        /// When it ended; `nil` while it lasts.
        public internal(set) var off: Moment?
    }

    /// The most on-times that are kept; older ones are taken together with the rests between them.
    public static let maximumPeriods = 64

    /// The latest on-times, oldest first.
    public private(set) var periods: [Period] = []
    /// Starts that may lie within on-times, oldest first.
    ///
    /// The output was shown off by a status that may be older than the command under way, and was commanded on again; or
    /// nobody knows how long ago it was started.
    public private(set) var doubtfulStarts: [Moment] = []
    /// When the output was last seen to go off.
    public private(set) var lastOff: Moment?

    /// Makes a duty of an output that was never on.
    public init() {}

    /// Since when the output may be on without a break; `nil` while it is off.
    public var onSince: Uptime? { periods.last.flatMap { $0.off == nil ? $0.on.uptime : nil } }

    /// When the output last started, for certain or perhaps; `nil` when never.
    public var latestStart: Uptime? { starts.last }

    /// All starts, the doubtful ones too, oldest first.
    private var starts: [Uptime] {
        let certain = periods.map(\.on.uptime)
        return doubtfulStarts.isEmpty ? certain : (certain + doubtfulStarts.map(\.uptime)).sorted()
    }

    /// How many starts there were within the given span before now, the doubtful ones too.
    public func starts(withinMilliseconds span: Int64, at uptime: Uptime) -> Int {
        starts.count { uptime.milliseconds(since: $0) < span }
    }

    /// When the start was that is the given one within a span, counted from the latest; `nil` when none is.
    public func start(
        atMost count: Int, fromLatestWithinMilliseconds span: Int64, at uptime: Uptime
    ) -> Uptime? {
        guard count >= 1, count <= starts(withinMilliseconds: span, at: uptime) else { return nil }
        return starts[starts.count - count]
    }

    /// How long the output was on since it last rested for the given span, in milliseconds.
    public func runMilliseconds(sinceRestOfMilliseconds rest: Int64, at uptime: Uptime) -> Int64 {
        var run: Int64 = 0
        var next = uptime
        for period in periods.reversed() {
            let off = period.off?.uptime ?? uptime
            if next.milliseconds(since: off) >= rest { return run }
            run += off.milliseconds(since: period.on.uptime)
            next = period.on.uptime
        }
        return run
    }

    /// The output may be on from now on.
    ///
    /// - Parameter mayHaveGoneOff: Whether it was shown off since it last started, so that this may be another start.
    mutating func begin(at moment: Moment, mayHaveGoneOff: Bool = false) {
        guard onSince == nil else {
            guard mayHaveGoneOff else { return }
            return doubt(moment)
        }
        periods.append(Period(on: moment, off: nil))
        guard periods.count > Self.maximumPeriods else { return }
        // Counts the rest between the two as on-time: more than was, never less.
        let oldest = periods.removeFirst()
        periods[0].on = oldest.on
    }

    private mutating func doubt(_ start: Moment) {
        doubtfulStarts.append(start)
        if doubtfulStarts.count > Self.maximumPeriods { doubtfulStarts.removeFirst() }
    }

    /// The output was seen off.
    mutating func end(at moment: Moment) {
        if onSince != nil { periods[periods.count - 1].off = moment }
    }

    /// The output was seen to go off, so it rests from now on.
    mutating func rest(from moment: Moment) { lastOff = moment }

    /// A new run began: what counted the past run's uptime counts this one's.
    ///
    /// How long the on-times and rests were, the runs' own clock measured. Only how long ago the latest was, the wall
    /// clock has to tell; where it was set back behind that, an output that is on has been on for a day.
    mutating func beginRun(wasCommanded: Bool, at moment: Moment) {
        if let latest = periods.last.map({ $0.off ?? $0.on }) {
            let age = moment.time.milliseconds - latest.time.milliseconds
            let shift = moment.uptime.milliseconds - max(0, age) - latest.uptime.milliseconds
            for index in periods.indices {
                periods[index].on = periods[index].on.shifted(byMilliseconds: shift)
                periods[index].off = periods[index].off?.shifted(byMilliseconds: shift)
            }
            doubtfulStarts = doubtfulStarts.map { $0.shifted(byMilliseconds: shift) }
            if age < 0, onSince != nil {
                // It may have been on for a day, and may have been started just now.
                doubt(periods[periods.count - 1].on)
                let unknown = Int64(Self.unknownSeconds) * 1000
                periods[periods.count - 1].on = Moment(
                    time: latest.time, uptime: moment.uptime.advanced(byMilliseconds: -unknown))
            }
        }
        lastOff = wasCommanded ? moment : nil
    }

    /// How long an on-time counts of which nobody knows how long it is, in seconds: the longest that any limit allows.
    public static let unknownSeconds = 86_400
}

extension Moment {
    /// The same instant on a clock that reads so much more.
    fileprivate func shifted(byMilliseconds milliseconds: Int64) -> Moment {
        Moment(time: time, uptime: uptime.advanced(byMilliseconds: milliseconds))
    }

    /// The same instant on the clock of a run that is at `now`; never later than that.
    func rebased(at now: Moment) -> Moment {
        let age = max(0, now.time.milliseconds - time.milliseconds)
        return Moment(time: time, uptime: now.uptime.advanced(byMilliseconds: -age))
    }
}
