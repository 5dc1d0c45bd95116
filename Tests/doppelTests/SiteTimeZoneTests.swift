import Foundation
import Testing
import TwinCore

@testable import doppel

@Suite struct SiteTimeZoneTests {
    @Test(arguments: [
        "UTC", "Europe/Berlin", "Asia/Kolkata", "Africa/Cairo", "Australia/Lord_Howe", "America/Sao_Paulo",
        "Africa/Monrovia", "Pacific/Apia",
    ])
    func theCalendarIsAsFarFromUTCAsTheZone(_ name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        let calendar = try #require(SiteTimeZone(name)).calendar
        #expect(calendar.zone == name)
        // Every eleven hours, so that all hours of the day are met.
        for number in 0..<103_000 {
            let seconds = Int64(number) * 39_600
            let offset = Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
            let minutes = Int64((offset / 60).rounded())
            let found = calendar.offsetMilliseconds(at: UnixTime(milliseconds: seconds * 1000))
            guard found != minutes * 60_000 else { continue }
            Issue.record("\(name) at \(seconds): \(found) ms, not \(minutes) min")
            break
        }
    }

    @Test func aDayOfTheSiteBeginsAtItsMidnight() throws {
        let calendar = try #require(SiteTimeZone("Europe/Berlin")).calendar
        let noon = try #require(UnixTime(rfc3339: "2026-10-25T12:00:00Z"))
        let day = calendar.bucket(.day, containing: noon)
        #expect(day.lowerBound == UnixTime(rfc3339: "2026-10-24T22:00:00Z"))
        #expect(day.upperBound == UnixTime(rfc3339: "2026-10-25T23:00:00Z"))
    }

    @Test(
        arguments: [
            ("Europe/Berln", ", not 'Europe/Berln'; did you mean Europe/Berlin?"),
            ("asia/kolkatta", ", not 'asia/kolkatta'; did you mean Asia/Kolkata?"),
            ("utc", ", not 'utc'; did you mean UTC?"), ("", "; it is empty"),
        ])
    func anUnknownZoneIsRefusedWithTheOneThatWasMeant(_ name: String, _ end: String) throws {
        let failure = #expect(throws: Problems.self) {
            try ResolvedConfiguration(flags: [.historyTimeZone: name], environment: [:], file: .none)
        }
        let place =
            "flag --history-time-zone: 'history.time_zone' must be the name of a time zone, such as Europe/Berlin"
        #expect(failure?.description == place + end)
    }

    @Test(arguments: ["CEST", "GMT+0530", "Z", "Moon/Tranquility"]) func whatIsNoRegionIsNoZone(_ name: String) {
        #expect(SiteTimeZone(name) == nil)
    }
}
