import TwinCore

/// Times as a clock at the site shows them, in a form that `--from` and `--to` take.
struct SiteClock: Sendable {
    private let calendar: SiteCalendar

    /// A clock in the zone that the server counts days in; in UTC where the server names none that is known here.
    init(zone: String?) { calendar = zone.flatMap { SiteTimeZone($0)?.calendar } ?? .utc }

    /// The zone's name.
    var zone: String { calendar.zone }

    /// A time with how far the site is ahead of UTC, and without a fraction of 0: `2026-05-01T00:00:00+02:00`.
    func shown(_ time: UnixTime) -> String {
        let offset = calendar.offsetMilliseconds(at: time)
        let text = time.advanced(byMilliseconds: offset).rfc3339
        let local = text.hasSuffix(".000Z") ? text.dropLast(5) : text.dropLast()
        return local + Self.sign(offset)
    }

    /// What the server sent as a time; as it came, where it is none.
    func shown(_ value: WireValue?) -> String {
        value?.text.flatMap { UnixTime(rfc3339: $0) }.map { shown($0) } ?? value.shown
    }

    private static func sign(_ offsetMilliseconds: Int64) -> String {
        guard offsetMilliseconds != 0 else { return "Z" }
        let minutes = abs(offsetMilliseconds) / 60_000
        let digits = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return (offsetMilliseconds < 0 ? "-" : "+") + digits.joined(separator: ":")
    }
}
