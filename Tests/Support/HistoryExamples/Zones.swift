public import TwinCore

extension HistoryExamples {
    /// A time zone, and a moment at which something odd happens to its clocks.
    public struct Zone: Sendable, CustomStringConvertible {
        public let calendar: SiteCalendar
        public let moment: UnixTime

        public var description: String { calendar.zone }
    }

    private static let hour: Int64 = 3_600_000

    /// Zones with everything that calendars have to offer.
    public static let zones: [Zone] = [
        // Back an hour on 25 October 2026 01:00 UTC, a Sunday; the month ends within the data.
        Zone(
            calendar: SiteCalendar(
                zone: "Europe/Berlin", initialOffsetMilliseconds: 2 * hour,
                transitions: [.init(at: time(1_792_890_000), offsetMilliseconds: hour)]),
            moment: time(1_792_890_000)),
        // Half an hour off, so that its days do not begin with an hour of UTC.
        Zone(
            calendar: SiteCalendar(
                zone: "Asia/Kolkata", initialOffsetMilliseconds: 5 * hour + hour / 2, transitions: []),
            moment: time(1_792_866_600)),
        // From midnight to one o'clock on 24 April 2026: a day without a midnight.
        Zone(
            calendar: SiteCalendar(
                zone: "Africa/Cairo", initialOffsetMilliseconds: 2 * hour,
                transitions: [.init(at: time(1_776_981_600), offsetMilliseconds: 3 * hour)]),
            moment: time(1_776_981_600)),
        Zone(calendar: .utc, moment: time(1_793_491_200)),
    ]

    private static func time(_ seconds: Int64) -> UnixTime { UnixTime(milliseconds: seconds * 1000) }
}
