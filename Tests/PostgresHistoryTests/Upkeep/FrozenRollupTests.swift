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

    /// Removes all readings, as retention does, when a stale minute is about to be made.
    @Test func `a minute whose readings go while it is about to be made stays as it is`() async throws {
        try await withHistory { link in
            try await ExampleFeed(link).store([sample(daysAgo: 3, value: 3)])
            try await roll(link)
            try await recompute(link)
            try await link.transaction([
                .script(
                    """
                    CREATE FUNCTION remove() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        INSERT INTO marks VALUES ('readings_from_ms', '\(Self.now.milliseconds)') ON CONFLICT DO NOTHING;
                        DELETE FROM sensor_readings;
                        RETURN OLD;
                    END $$;
                    CREATE TRIGGER remove AFTER DELETE ON stale_rollups FOR EACH ROW WHEN (OLD.level = 0)
                    EXECUTE FUNCTION remove();
                    """)
            ])
            try await roll(link)
            #expect(try await number("count(*) FROM sensor_readings", link) == 0)
            #expect(try await number("count(*) FROM rollup_minutes WHERE maximum = 3", link) == 1)
            #expect(try await number("count(*) FROM rollup_days WHERE maximum = 3", link) == 1)
            #expect(try await number("count(*) FROM stale_rollups WHERE level <= 2", link) == 0)
        }
    }

    /// A minute that is marked right after the marks of frozen ones were taken away.
    @Test func `a frozen minute that is marked late stays as it is`() async throws {
        try await withHistory { link in
            let feed = ExampleFeed(link)
            try await feed.store((1...9).map { sample(daysAgo: $0, value: Double($0)) })
            try await roll(link)
            #expect(try await keep(5, link).dropped.count == 4)
            try await link.transaction([
                .script(
                    """
                    CREATE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        INSERT INTO stale_rollups (sensor_id, level, start_time)
                        SELECT sensor_id, 0, start_time FROM rollup_minutes ON CONFLICT DO NOTHING;
                        RETURN NULL;
                    END $$;
                    CREATE TRIGGER mark AFTER DELETE ON stale_rollups FOR EACH STATEMENT EXECUTE FUNCTION mark();
                    """)
            ])
            let upkeep = RollupUpkeep(link, calendar: .utc)
            for _ in 0..<4 { _ = try await upkeep.proceed(at: Self.now) }
            #expect(try await number("count(*) FROM rollup_minutes", link) == 9)
        }
    }

    @Test func `a day that the calendar does not have is forgotten, and one that was marked by another is made`()
        async throws
    {
        try await withHistory { link in
            try await ExampleFeed(link).store([sample(daysAgo: 3, value: 3)])
            let upkeep = RollupUpkeep(link, calendar: .utc)
            while case .did = try await upkeep.proceed(at: Self.now) {}
            // What the feed marks while the calendar changes: the minute, and days of another zone.
            try await link.transaction([
                .statement("UPDATE sensor_readings SET processed_value = 30"),
                .statement(
                    """
                    INSERT INTO stale_rollups (sensor_id, level, start_time)
                    SELECT sensor_id, 0, start_time FROM rollup_minutes UNION ALL
                    SELECT sensor_id, 1, utc_hour(start_time) FROM rollup_minutes UNION ALL
                    SELECT sensor_id, 2, start_time - interval '2 hours' FROM rollup_days
                    """),
            ])
            while case .did = try await upkeep.proceed(at: Self.now) {}
            #expect(try await number("maximum::bigint FROM rollup_days", link) == 30)
            // The week and the month are not over.
            #expect(try await number("count(*) FROM stale_rollups WHERE level <= 2", link) == 0)
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
