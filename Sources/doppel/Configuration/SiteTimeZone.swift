import Foundation
import TwinCore

/// A time zone by its name, as a calendar that stores count days with.
struct SiteTimeZone {
    /// Which years the rules are written out for.
    private static let years = (first: "1970-01-01T00:00:00Z", end: "2100-01-01T00:00:00Z")

    private let zone: TimeZone
    /// Its name, as it was written.
    let name: String

    /// Finds a zone; `nil` for a name that is none.
    ///
    /// Besides the names of regions, only `UTC` is one: an abbreviation such as `CEST` says nothing about winter.
    init?(_ name: String) {
        guard name == "UTC" || name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
        self.name = name
    }

    /// Names that are known, for guessing what somebody meant; there are others, mostly older ones.
    static var names: [String] { ["UTC", "Asia/Kolkata"] + TimeZone.knownTimeZoneIdentifiers }

    /// Where its days, weeks and months begin.
    var calendar: SiteCalendar {
        guard let first = UnixTime(rfc3339: Self.years.first), let end = UnixTime(rfc3339: Self.years.end) else {
            preconditionFailure("\(Self.years) are no times")
        }
        var transitions: [SiteCalendar.Transition] = []
        var place = Self.date(first)
        while let next = zone.nextDaylightSavingTimeTransition(after: place), next < Self.date(end), next > place {
            // Not every change of rules changes the clock.
            if offset(at: next) != offset(at: place) {
                let milliseconds = Int64((next.timeIntervalSince1970 * 1000).rounded())
                transitions.append(
                    .init(at: UnixTime(milliseconds: milliseconds), offsetMilliseconds: offset(at: next)))
            }
            place = next
        }
        return SiteCalendar(
            zone: name, initialOffsetMilliseconds: offset(at: Self.date(first)), transitions: transitions)
    }

    /// How far local time is ahead of UTC, to the minute: until 1972 one zone had seconds.
    private func offset(at date: Date) -> Int64 {
        Int64((Double(zone.secondsFromGMT(for: date)) / 60).rounded()) * 60_000
    }

    private static func date(_ time: UnixTime) -> Date {
        Date(timeIntervalSince1970: Double(time.milliseconds) / 1000)
    }
}
