import Testing
public import TwinCore

/// Days of the calendar against days counted by hand.
@Suite struct SiteCalendarTests {
    /// Berlin in 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC.
    private let berlin = SiteCalendar(
        zone: "Europe/Berlin", initialOffsetMilliseconds: 3_600_000,
        transitions: [
            .init(at: "2026-03-29T01:00:00Z", offsetMilliseconds: 7_200_000),
            .init(at: "2026-10-25T01:00:00Z", offsetMilliseconds: 3_600_000),
        ])

    @Test func minutesAndHoursAreThoseOfUTC() {
        #expect(berlin.bucket(.fiveMinutes, containing: "2026-03-29T01:07:59Z").lowerBound == "2026-03-29T01:05:00Z")
        #expect(berlin.bucket(.hour, containing: "1969-12-31T23:59:59Z").lowerBound == "1969-12-31T23:00:00Z")
    }

    @Test func theDaysOnWhichTheClockChangesHave23And25Hours() {
        let spring = berlin.bucket(.day, containing: "2026-03-29T12:00:00Z")
        #expect(spring == "2026-03-28T23:00:00Z"..<"2026-03-29T22:00:00Z")
        let autumn = berlin.bucket(.day, containing: "2026-10-25T12:00:00Z")
        #expect(autumn == "2026-10-24T22:00:00Z"..<"2026-10-25T23:00:00Z")
    }

    @Test func weeksBeginOnMondayAndMonthsOnTheFirst() {
        let week = berlin.bucket(.week, containing: "2026-03-29T21:59:59Z")
        #expect(week == "2026-03-22T23:00:00Z"..<"2026-03-29T22:00:00Z")
        let march = berlin.bucket(.month, containing: "2026-03-29T12:00:00Z")
        #expect(march == "2026-02-28T23:00:00Z"..<"2026-03-31T22:00:00Z")
        let february = SiteCalendar.utc.bucket(.month, containing: "2024-02-29T12:00:00Z")
        #expect(february == "2024-02-01T00:00:00Z"..<"2024-03-01T00:00:00Z")
        let december = SiteCalendar.utc.bucket(.month, containing: "1969-12-31T23:00:00Z")
        #expect(december == "1969-12-01T00:00:00Z"..<"1970-01-01T00:00:00Z")
    }

    /// Cairo goes from midnight to one o'clock on 24 April 2026; Azores-like rules go back over midnight.
    @Test func aDayWithoutMidnightBeginsWithItsFirstMomentAndOneWithTwoWithTheEarlier() {
        let cairo = SiteCalendar(
            zone: "Africa/Cairo", initialOffsetMilliseconds: 7_200_000,
            transitions: [.init(at: "2026-04-23T22:00:00Z", offsetMilliseconds: 10_800_000)])
        let short = cairo.bucket(.day, containing: "2026-04-24T10:00:00Z")
        #expect(short == "2026-04-23T22:00:00Z"..<"2026-04-24T21:00:00Z")
        // At 00:30 the clock goes back to 23:30.
        let back = SiteCalendar(
            zone: "Test/Back", initialOffsetMilliseconds: 3_600_000,
            transitions: [.init(at: "2026-10-24T23:30:00Z", offsetMilliseconds: 0)])
        let day = back.bucket(.day, containing: "2026-10-24T23:45:00Z")
        #expect(day == "2026-10-24T23:00:00Z"..<"2026-10-26T00:00:00Z")
        #expect(back.bucket(.day, containing: "2026-10-24T22:59:59Z").upperBound == day.lowerBound)
    }

    @Test(arguments: Resolution.allCases) func bucketsFollowEachOtherWithoutGap(_ resolution: Resolution) {
        let span = "2026-03-20T13:17:00Z"..<"2026-04-02T00:00:00Z" as Range<UnixTime>
        let starts = berlin.starts(resolution, in: span)
        for (start, next) in zip(starts, starts.dropFirst()) {
            #expect(berlin.bucket(resolution, containing: start) == start..<next)
            #expect(berlin.bucket(resolution, containing: next.advanced(byMilliseconds: -1)) == start..<next)
        }
        #expect(starts.first.map { $0 <= span.lowerBound } == true)
        #expect(starts.last.map { $0 < span.upperBound } == true)
    }
}

extension UnixTime: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = UnixTime(rfc3339: text)! }
}
