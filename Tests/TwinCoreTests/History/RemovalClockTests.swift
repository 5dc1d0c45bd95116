import Testing
import TwinCore

@Suite struct RemovalClockTests {
    private static let hour: Int64 = 3_600_000
    private static let start = UnixTime(milliseconds: 1_790_000_000_000)

    private static func time(_ hours: Int64) -> UnixTime { start.advanced(byMilliseconds: hours * hour) }

    /// Hours at which the clock is looked at, and whether it is believed then.
    @Test(
        arguments: [
            ([0, 1, 2, 26], [true, true, true, true]),
            // A clock that is years ahead after a start: a day to set it right.
            ([0, 43_800, 43_801, 43_823, 43_824], [true, false, false, false, true]),
            // Set right in time: another day, by the right clock.
            ([0, 43_800, 43_801, 3, 4, 26, 27], [true, false, false, false, false, false, true]),
            // Off for a weekend.
            ([0, 60, 83, 84, 85], [true, false, false, true, true]),
            // It began in the future.
            ([43_800, 43_801, 0, 23, 24], [true, true, false, false, true]),
        ] as [([Int64], [Bool])])
    func isBelievedWhereItGoesOnFromTheLastLook(_ hours: [Int64], _ believed: [Bool]) {
        var stored: (UnixTime?, UnixTime?) = (nil, nil)
        let found = hours.map { hour in
            // Each look may be another run's.
            var clock = RemovalClock(last: stored.0, doubtedSince: stored.1)
            defer { stored = (clock.last, clock.doubtedSince) }
            return clock.doubt(at: Self.time(hour)) == nil
        }
        #expect(found == believed)
    }
}
