public import TwinCore

/// Whether the wall clock may be believed when it makes something old enough to be removed.
///
/// A clock that jumps years ahead would make everything old at once. So when it parts from the uptime, nothing is
/// believed for a day: time to set it right.
public struct ClockTrust: Sendable {
    /// How far the wall clock may move against the uptime between two looks, in milliseconds.
    public static let maximumJumpMilliseconds: Int64 = 3_600_000
    /// For how long it is not believed after it moved further, in milliseconds.
    public static let doubtMilliseconds: Int64 = 86_400_000

    private var last: Moment?
    private var doubtedUntil: Uptime?
    /// Why the clock is not believed; `nil` while it is.
    public private(set) var doubt: String?

    /// Begins with the first look.
    public init() {}

    /// Looks at the clocks, and says whether the wall clock may be believed now.
    public mutating func trusts(_ now: Moment) -> Bool {
        if let last {
            let jump = now.time.milliseconds - last.time.milliseconds - now.uptime.milliseconds(since: last.uptime)
            if abs(jump) > Self.maximumJumpMilliseconds {
                doubtedUntil = now.uptime.advanced(byMilliseconds: Self.doubtMilliseconds)
                doubt = "the clock jumped by \(jump / 1000) s; nothing is removed for 24 h, so that it can be set right"
            }
        }
        last = now
        if let end = doubtedUntil, now.uptime < end { return false }
        doubtedUntil = nil
        doubt = nil
        return true
    }
}
