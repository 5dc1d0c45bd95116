import Testing
import TwinCore

@Suite struct UnixTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_777_600_000_250, "2026-05-01T01:46:40.250Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `a time is written in UTC with milliseconds, and read back`(milliseconds: Int64, text: String) {
        #expect(UnixTime(milliseconds: milliseconds).rfc3339 == text)
        #expect(UnixTime(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test func `a time beyond four digits of a year is written as the nearest one`() {
        #expect(UnixTime(milliseconds: .max).rfc3339 == "9999-12-31T23:59:59.999Z")
        #expect(UnixTime(milliseconds: .min).rfc3339 == "0000-01-01T00:00:00.000Z")
    }

    @Test func `every day of four centuries is written and read back`() {
        var previous = ""
        for day in stride(from: Int64(-80_000), to: 80_000, by: 1) {
            let time = UnixTime(milliseconds: day * 86_400_000)
            let text = time.rfc3339
            #expect(UnixTime(rfc3339: text) == time)
            if day > 0 { #expect(text > previous) }
            previous = text
        }
    }

    @Test(arguments: [
        "2026-05-01T01:46:40+00:00", "2026-05-01T03:46:40+02:00", "2026-04-30T21:16:40-04:30", "2026-05-01t01:46:40z",
        "2026-05-01 01:46:40Z", "2026-05-01T01:46:40.000Z", "2026-05-01T01:46:40.0009999999999999999999Z",
    ])
    func `offsets and spellings of one time are understood`(text: String) {
        #expect(UnixTime(rfc3339: text)?.milliseconds == 1_777_600_000_000)
    }

    @Test func `fractions are read to the millisecond, a leap second as the next second`() {
        #expect(UnixTime(rfc3339: "1970-01-01T00:00:00.5Z")?.milliseconds == 500)
        #expect(UnixTime(rfc3339: "1970-01-01T00:00:00.0129Z")?.milliseconds == 12)
        #expect(UnixTime(rfc3339: "2016-12-31T23:59:60Z") == UnixTime(rfc3339: "2017-01-01T00:00:00Z"))
    }

    @Test(arguments: [
        "", "2026-05-01", "2026-05-01T01:46:40", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-05-00T00:00:00Z",
        "2026-05-01T24:00:00Z", "2026-05-01T00:60:00Z", "2026-05-01T00:00:61Z", "2026-05-01T00:00:00.Z",
        "2026-05-01T00:00:00+24:00", "2026-05-01T00:00:00+0200", "2026-05-01T00:00:00Zx", "26-05-01T00:00:00Z",
        "+026-05-01T00:00:00Z", "1777600000",
    ])
    func `anything else is no time`(text: String) { #expect(UnixTime(rfc3339: text) == nil) }
}
