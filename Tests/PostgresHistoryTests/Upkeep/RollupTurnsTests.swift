import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

/// In which order rollups are made, and how often.
@Suite struct `Rollups under load` {
    private static let day: Int64 = 86_400_000
    /// The beginning of a UTC day.
    private static let now = UnixTime(milliseconds: 20_700 * day)

    private func sample(
        _ number: Int, ago milliseconds: Int64 = day
    ) -> (device: DeviceID, key: SensorKey, sample: Sample) {
        let time = Self.now.advanced(byMilliseconds: -milliseconds + Int64(number))
        let sample = Sample(
            raw: 1, value: Double(number), unit: "°C", quality: .good, eventTime: time, receiptTime: time,
            claimedTime: time, digest: UInt64(number), isTimely: true)
        return (DeviceID("ESP_00000A")!, SensorKey(gpio: GPIO(4)!, type: "a", address: .none), sample)
    }

    private func number(_ sql: String, _ link: PostgresLink) async throws -> Int64? {
        try await link.query("SELECT \(sql)").integer(0, 0)
    }

    @Test func `reach days though readings never cease to come`() async throws {
        try await withHistory { link in
            let feed = ExampleFeed(link)
            let upkeep = RollupUpkeep(link, calendar: .utc)
            try await feed.store([sample(0, ago: 9 * Self.day)])
            for piece in 1...12 {
                for step in 0..<3 { try await feed.store([sample(piece * 10 + step)]) }
                #expect(try await upkeep.proceed(at: Self.now) != .idle)
            }
            #expect(try await number("count(*) FROM rollup_days", link) == 1)
            #expect(try await number("count(*) FROM feed_steps", link) ?? 99 <= 6)
        }
    }

    @Test func `take turns between levels`() async throws {
        try await withHistory { link in
            let upkeep = RollupUpkeep(link, calendar: .utc)
            try await ExampleFeed(link).store([sample(0, ago: 9 * Self.day)])
            var levels: [RollupLevel] = []
            for _ in 0..<7 {
                // Minutes are marked again and again.
                _ = try await link.query(
                    """
                    INSERT INTO stale_rollups (sensor_id, level, start_time) VALUES (999, 0, '2026-08-01Z')
                    ON CONFLICT DO NOTHING
                    """)
                if case .did(_, let level) = try await upkeep.proceed(at: Self.now) { levels.append(level) }
            }
            #expect(levels == [.minute, .minute, .hour, .day, .week, .month, .minute])
        }
    }

    @Test func `make a minute once for all steps that touch it`() async throws {
        try await withHistory { link in
            try await count(.minute, link)
            let feed = ExampleFeed(link)
            for number in 0..<40 { try await feed.store([sample(number)]) }
            // Another journal's, far away in the order of places.
            try await link.transaction([
                .statement("UPDATE sensor_readings SET position = position + (1::bigint << 40) WHERE position > 30"),
                .statement(
                    """
                    UPDATE feed_steps SET after_position = after_position + (1::bigint << 40),
                        through_position = through_position + (1::bigint << 40) WHERE after_position >= 30
                    """),
            ])
            let upkeep = RollupUpkeep(link, calendar: .utc)
            #expect(try await upkeep.proceed(at: Self.now) == .did(40, .minute))
            #expect(try await number("count(*) FROM made", link) == 1)
            let minute = try await link.query("SELECT count, mean, first_value, last_value FROM rollup_minutes")
            #expect(minute.count == 1)
            #expect(try minute.integer(0, 0) == 40)
            #expect(try minute.number(0, 1) == 19.5)
            #expect(try minute.number(0, 2) == 0)
            #expect(try minute.number(0, 3) == 39)
        }
    }

    @Test func `count a reading of a minute's first moment in that minute alone`() async throws {
        try await withHistory { link in
            try await ExampleFeed(link).store([sample(0), sample(1, ago: Self.day + 2)])
            let upkeep = RollupUpkeep(link, calendar: .utc)
            while case .did = try await upkeep.proceed(at: Self.now) {}
            let minutes = try await link.query("SELECT count, mean FROM rollup_minutes ORDER BY start_time")
            #expect(try (0..<minutes.count).map { try minutes.wholeNumber($0, 0) } == [1, 1])
            #expect(try (0..<minutes.count).map { try minutes.number($0, 1) } == [1, 0])
        }
    }

    @Test func `follow a reading that comes late into all that it is part of`() async throws {
        try await withHistory { link in
            let feed = ExampleFeed(link)
            let upkeep = RollupUpkeep(link, calendar: .utc)
            for number in 0..<3 {
                // The same hour of the month before: a minute, another one, and the first one again.
                try await feed.store([sample(number, ago: 40 * Self.day - Int64(number % 2) * 120_000)])
                while case .did = try await upkeep.proceed(at: Self.now) {}
                for level in RollupLevel.allCases {
                    #expect(try await self.number("sum(count)::bigint FROM \(level.table)", link) == Int64(number + 1))
                }
            }
            #expect(try await self.number("count(*) FROM stale_rollups", link) == 0)
        }
    }

    /// Notes each statement that stores buckets of a level in the table `made`.
    private func count(_ level: RollupLevel, _ link: PostgresLink) async throws {
        try await link.transaction([
            .script(
                """
                CREATE TABLE made (number bigint);
                CREATE FUNCTION note_made() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO made SELECT count(*) FROM stored;
                    RETURN NULL;
                END $$;
                CREATE TRIGGER made AFTER INSERT ON \(level.table) REFERENCING NEW TABLE AS stored
                FOR EACH STATEMENT EXECUTE FUNCTION note_made();
                """)
        ])
    }

    @Test func `leave steps that came meanwhile to the next round`() async throws {
        try await withHistory { link in
            let feed = ExampleFeed(link)
            let upkeep = RollupUpkeep(link, calendar: .utc)
            try await feed.store([sample(1, ago: 60_000)])
            #expect(try await upkeep.proceed(at: Self.now) == .did(1, .minute))
            try await feed.store([sample(2, ago: 60_000)])
            #expect(try await upkeep.proceed(at: Self.now) == .idle)
            #expect(try await upkeep.proceed(at: Self.now) == .did(1, .minute))
            // More than one piece takes: those are no newcomers.
            for number in 0...Int(RollupUpkeep.stepsPerPiece) {
                try await feed.store([sample(number + 9, ago: 60_000)])
            }
            #expect(try await upkeep.proceed(at: Self.now) == .idle)
            #expect(try await upkeep.proceed(at: Self.now) == .did(Int(RollupUpkeep.stepsPerPiece), .minute))
            #expect(try await upkeep.proceed(at: Self.now) == .did(1, .minute))
        }
    }
}
