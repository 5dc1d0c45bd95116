import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

/// Where rollups and retention meet in PostgreSQL: what is removed is in its rollups, and they stay as they are.
@Suite struct `Rollups of what retention removed` {
    private static let day: Int64 = 86_400_000
    /// The beginning of a UTC day.
    private static let now = UnixTime(milliseconds: 20_700 * day)

    private func sample(
        daysAgo: Int64, value: Double
    ) -> (device: DeviceID, key: SensorKey, sample: Sample) {
        let time = Self.now.advanced(byMilliseconds: -daysAgo * Self.day + 60_000)
        let sample = Sample(
            raw: 1, value: value, unit: "°C", quality: .good, eventTime: time, receiptTime: time, claimedTime: time,
            digest: UInt64(daysAgo) * 1_000 + UInt64(value), isTimely: true)
        return (DeviceID("ESP_00000A")!, SensorKey(gpio: GPIO(4)!, type: "a", address: .none), sample)
    }

    private func roll(_ link: PostgresLink, at now: UnixTime = now) async throws {
        let upkeep = RollupUpkeep(link, calendar: .utc)
        while case .did = try await upkeep.proceed(at: now) {}
    }

    private func keep(_ days: Int, _ link: PostgresLink) async throws -> RetentionUpkeep.Receipt {
        try await RetentionUpkeep(link, HistoryRetention(readingsDays: days)).round(at: Self.now)
    }

    private func number(_ sql: String, _ link: PostgresLink) async throws -> Int64? {
        try await link.query("SELECT \(sql)").integer(0, 0)
    }

    /// Marks the minutes of all readings as no longer true, as the feed does after a computation.
    private func recompute(_ link: PostgresLink) async throws {
        _ = try await link.query(
            """
            SELECT note_recomputed(array_agg(sensor_id::bigint), array_agg((extract(epoch FROM event_time) * 1000)::bigint))
            FROM sensor_readings
            """)
    }

    @Test func `nothing goes while something before the mark is to be computed again`() async throws {
        try await withHistory { link in
            try await ExampleFeed(link).store((1...9).map { sample(daysAgo: $0, value: Double($0)) })
            try await roll(link)
            try await recompute(link)
            #expect(try await keep(5, link) == RetentionUpkeep.Receipt())
            try await roll(link)
            #expect(try await keep(5, link).dropped.count == 4)
        }
    }

    @Test func `what comes late for a removed day changes no rollup and leaves no mark behind`() async throws {
        try await withHistory { link in
            let feed = ExampleFeed(link)
            try await feed.store((1...9).map { sample(daysAgo: $0, value: Double($0)) })
            try await roll(link)
            #expect(try await keep(5, link).dropped.count == 4)
            try await feed.store([sample(daysAgo: 8, value: 800), sample(daysAgo: 2, value: 4)])
            try await recompute(link)
            // When the last of the days is over.
            try await roll(link, at: Self.now.advanced(byMilliseconds: Self.day / 2))
            // One day of nine has its late reading; the removed one stays as it was.
            #expect(try await number("count(*) FROM rollup_days", link) == 9)
            #expect(try await number("max(maximum)::bigint FROM rollup_days", link) == 9)
            #expect(try await number("max(count) FROM rollup_days", link) == 2)
            #expect(try await number("count(*) FROM rollup_minutes WHERE maximum > 9", link) == 0)
            #expect(try await number("count(*) FROM stale_rollups WHERE level <= 2", link) == 0)
            // The partitions that were made once more for it: days 8 to 6.
            #expect(try await keep(5, link).dropped.count == 3)
        }
    }

    @Test func `a longer retention does not bring a mark back`() async throws {
        try await withHistory { link in
            try await ExampleFeed(link).store((1...9).map { sample(daysAgo: $0, value: Double($0)) })
            try await roll(link)
            _ = try await keep(5, link)
            let mark = try await HistoryMarks.kept(link).readingsFrom
            #expect(mark == Self.now.advanced(byMilliseconds: -5 * Self.day))
            _ = try await keep(8, link)
            #expect(try await HistoryMarks.kept(link).readingsFrom == mark)
        }
    }

    @Test func `what lies in no partition goes, too`() async throws {
        try await withHistory { link in
            try await ExampleFeed(link).store([sample(daysAgo: 1, value: 1)])
            try await roll(link)
            _ = try await link.query(
                """
                INSERT INTO sensor_readings (event_time, receipt_time, position, digest, uptime_ms, raw_value, sensor_id,
                    quality, processing_mode, is_timely)
                SELECT event_time - interval '300 days', receipt_time, position + 1, digest, uptime_ms, raw_value,
                    sensor_id, quality, processing_mode, is_timely FROM sensor_readings
                """)
            #expect(try await number("count(*) FROM sensor_readings_default", link) == 1)
            #expect(try await keep(5, link).rows == 1)
            #expect(try await number("count(*) FROM sensor_readings", link) == 1)
        }
    }

    @Test func `an hour is made when most of what is late is there, and not before`() async throws {
        try await withHistory { link in
            try await ExampleFeed(link).store([sample(daysAgo: 0, value: 1)])
            let end = Self.now.advanced(byMilliseconds: 3_600_000)
            try await roll(link, at: end.advanced(byMilliseconds: RollupUpkeep.graceMilliseconds - 1))
            #expect(try await number("count(*) FROM rollup_minutes", link) == 1)
            #expect(try await number("count(*) FROM rollup_hours", link) == 0)
            try await roll(link, at: end.advanced(byMilliseconds: RollupUpkeep.graceMilliseconds))
            #expect(try await number("count(*) FROM rollup_hours", link) == 1)
        }
    }
}
