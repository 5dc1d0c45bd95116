/// Whether the wall clock may be believed when it makes something old enough to be removed, from one look to the next.
///
/// What it remembers is stored with the rows, so it also knows a clock that went wrong while nothing ran. A clock that
/// moved further than a day is not believed for a day: time to set it right. A program that was off for so long
/// removes a day later; nothing is lost by that.
public struct RemovalClock: Sendable, Equatable {
    /// How long a pause between two looks may be, in milliseconds.
    public static let maximumPauseMilliseconds: Int64 = 90_000_000
    /// How far the clock may go back between two looks, in milliseconds.
    public static let maximumReturnMilliseconds: Int64 = 3_600_000
    /// For how long it is not believed after it moved further, in milliseconds.
    public static let doubtMilliseconds: Int64 = 86_400_000

    /// What it showed at the last look; `nil` before the first.
    public private(set) var last: UnixTime?
    /// What it showed when it began not to be believed; `nil` while it is.
    public private(set) var doubtedSince: UnixTime?

    /// Goes on from what was stored.
    public init(last: UnixTime?, doubtedSince: UnixTime?) {
        self.last = last
        self.doubtedSince = doubtedSince
    }

    /// Looks at the clock, and says why it is not believed; `nil` when it is.
    public mutating func doubt(at now: UnixTime) -> String? {
        if let last {
            let step = now.milliseconds - last.milliseconds
            if step > Self.maximumPauseMilliseconds || step < -Self.maximumReturnMilliseconds { doubtedSince = now }
        }
        last = now
        guard let since = doubtedSince else { return nil }
        let rest = since.milliseconds + Self.doubtMilliseconds - now.milliseconds
        if rest > 0 {
            return "the clock showed another day when old rows were last looked for; nothing is removed for another "
                + "\((rest + 3_599_999) / 3_600_000) h, so that it can be set right"
        }
        doubtedSince = nil
        return nil
    }
}
