/// A tag that somebody hung on an output while working on it: nothing energises it until the tag is gone.
public struct Lockout: Sendable, Equatable, Codable {
    /// Who hung it, and may take it away.
    public let name: String
    /// Why.
    public let reason: String
    /// When it was hung.
    public let startedAt: Moment
    /// For how long, in seconds.
    public let seconds: Int
    /// When it falls off, on the run's own clock.
    public internal(set) var endsAt: Uptime
    /// When it falls off by the wall clock, for people.
    public var endTime: UnixTime { startedAt.time.advanced(byMilliseconds: Int64(seconds) * 1000) }

    /// The longest time a tag may hang, in seconds: a week.
    public static let maximumSeconds = 604_800
    /// The longest name and reason, in bytes.
    public static let maximumTextBytes = 200

    /// Hangs a tag.
    public init(name: String, reason: String, seconds: Int, at moment: Moment) {
        self.name = name
        self.reason = reason
        self.seconds = seconds
        startedAt = moment
        endsAt = moment.uptime.advanced(byMilliseconds: Int64(seconds) * 1000)
    }

    /// A new run began: the tag keeps the time it had left by the wall clock, and never gets more than it was given.
    mutating func beginRun(at moment: Moment) {
        let left = endTime.milliseconds - moment.time.milliseconds
        endsAt = moment.uptime.advanced(byMilliseconds: min(max(0, left), Int64(seconds) * 1000))
    }
}
