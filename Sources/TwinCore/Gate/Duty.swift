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
    /// When the output was last seen to go off.
    public private(set) var lastOff: Moment?

    /// Makes a duty of an output that was never on.
    public init() {}

    /// Since when the output may be on without a break; `nil` while it is off.
    public var onSince: Uptime? { periods.last.flatMap { $0.off == nil ? $0.on.uptime : nil } }

    /// How many on-times began within the given span before now.
    public func starts(withinMilliseconds span: Int64, at uptime: Uptime) -> Int {
        periods.count { uptime.milliseconds(since: $0.on.uptime) < span }
    }

    /// When the oldest of the on-times began that count within a span; `nil` when none does.
    public func firstStart(withinMilliseconds span: Int64, at uptime: Uptime) -> Uptime? {
        periods.first { uptime.milliseconds(since: $0.on.uptime) < span }?.on.uptime
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
    mutating func begin(at moment: Moment) {
        guard onSince == nil else { return }
        periods.append(Period(on: moment, off: nil))
        guard periods.count > Self.maximumPeriods else { return }
        // Counts the rest between the two as on-time: more than was, never less.
        let oldest = periods.removeFirst()
        periods[0].on = oldest.on
    }

    /// The output was seen off.
    mutating func end(at moment: Moment) {
        if onSince != nil { periods[periods.count - 1].off = moment }
    }

    /// The output was seen to go off, so it rests from now on.
    mutating func rest(from moment: Moment) { lastOff = moment }

    /// A new run began: what counted the past run's uptime counts this one's, by the age that the wall clock tells.
    mutating func beginRun(wasCommanded: Bool, at moment: Moment) {
        for index in periods.indices {
            periods[index].on = periods[index].on.rebased(at: moment)
            periods[index].off = periods[index].off?.rebased(at: moment)
        }
        lastOff = wasCommanded ? moment : nil
    }
}

extension Moment {
    /// The same instant on the clock of a run that is at `now`; never later than that.
    func rebased(at now: Moment) -> Moment {
        let age = max(0, now.time.milliseconds - time.milliseconds)
        return Moment(time: time, uptime: now.uptime.advanced(byMilliseconds: -age))
    }
}
