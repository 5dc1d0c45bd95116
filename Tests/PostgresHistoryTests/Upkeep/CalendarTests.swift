import HistoryExamples
import Synchronization
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

/// One database has one calendar, and changes it piece by piece.
@Suite struct `The calendar of a database` {
    private static let from = HistoryExamples.zones[0]
    private static let to = HistoryExamples.zones[1]

    private func roll(_ upkeep: RollupUpkeep, at now: UnixTime) async throws {
        while case .did = try await upkeep.proceed(at: now) {}
    }

    private func number(_ sql: String, _ link: PostgresLink) async throws -> Int64? {
        try await link.query("SELECT \(sql)").integer(0, 0)
    }

    private func store(_ zone: HistoryExamples.Zone, _ link: PostgresLink) -> PostgresHistoryStore {
        PostgresHistoryStore(link, calendar: zone.calendar, deadLettersFrom: NoLetters())
    }

    @Test func `may become another one, and answers are right all the while`() async throws {
        let examples = HistoryExamples(seed: 7, Self.to.calendar, around: Self.to.moment, samplesPerSeries: 200)
        let count = examples.batches.count
        try await withHistory { link in
            let feed = ExampleFeed(link)
            try await examples.store(0..<count - 3, in: feed)
            try await roll(RollupUpkeep(link, calendar: Self.from.calendar), at: examples.end)
            // Days of the other zone are stored; nobody has begun to change that.
            #expect(try await number("count(*) FROM rollup_days", link) ?? 0 > 0)
            #expect(try await examples.wrong(store(Self.to, link), afterBatches: count - 3) == [])
            try await endLease(link)
            let upkeep = RollupUpkeep(link, calendar: Self.to.calendar)
            var pieces = 0
            while case .did = try await upkeep.proceed(at: examples.end) {
                #expect(try await examples.wrong(store(Self.to, link), afterBatches: count - 3, every: 5) == [])
                pieces += 1
            }
            #expect(pieces > 2)
            try await examples.store(count - 3..<count, in: feed)
            try await roll(upkeep, at: examples.end)
            #expect(try await number("count(*) FROM stale_rollups", link) == 0)
            #expect(try await number("count(*) FROM rollup_calendar WHERE adopted_through IS NULL", link) == 1)
            #expect(try await examples.wrong(store(Self.to, link), afterBatches: count) == [])
            // Its days are made and used: without them answers lack something.
            _ = try await link.query("DELETE FROM rollup_days")
            #expect(try await examples.wrong(store(Self.to, link), afterBatches: count) != [])
        }
    }

    /// Sensors with an hour each, the last of a UTC day, and the days that a calendar of UTC has made of them.
    private func storeSensors(_ count: Int, _ link: PostgresLink) async throws {
        _ = try await link.query(
            """
            INSERT INTO sensors (device_id, gpio, sensor_type, address, unit)
            SELECT 'ESP_00000A', 4, 'kind ' || n, '', 'V' FROM generate_series(1, $1) AS n
            """, [.integer(Int64(count))])
        for (table, start) in [("rollup_hours", "2026-09-04 23:00Z"), ("rollup_days", "2026-09-04 00:00Z")] {
            _ = try await link.query(
                """
                INSERT INTO \(table) (sensor_id, \(RollupLevel.columns))
                SELECT sensor_id, '\(start)', 'V', 1, 5, 0, 5, 5, '2026-09-04 23:10Z', 5, '2026-09-04 23:10Z', 5
                FROM sensors
                """)
        }
    }

    private static let later = UnixTime(milliseconds: 20_800 * 86_400_000)

    @Test func `becomes another one in pieces that go on after a start`() async throws {
        try await withHistory { link in
            try await roll(RollupUpkeep(link, calendar: .utc), at: Self.later)
            try await storeSensors(70, link)
            try await endLease(link)
            let calendar = Self.to.calendar
            let sensors = try await store(Self.to, link).sensors(SensorQuery(device: DeviceID("ESP_00000A")!))
            let last = try #require(sensors.max { $0.number < $1.number })
            let day = calendar.bucket(.day, containing: UnixTime(milliseconds: 1_788_563_400_000))
            for expected in [32, 64, 70] {
                // Each piece by another run; what the sensors have until then is of the old calendar.
                let upkeep = RollupUpkeep(link, calendar: calendar)
                upkeep.state.withLock { $0.nextWork = RollupLevel.allCases.count }
                _ = try await upkeep.proceed(at: UnixTime(milliseconds: 0))
                #expect(try await number("max(adopted_through) FROM rollup_calendar", link) == Int64(expected))
                #expect(try await number("count(*) FROM rollup_days", link) == Int64(70 - expected))
                #expect(
                    try await number("count(*) FROM stale_rollups WHERE level = 2", link) == Int64(expected))
                // The last one's turn comes last; until then it has neither an old day nor a mark for a new one.
                let answer = try await store(Self.to, link)
                    .buckets(BucketQuery(sensor: last, resolution: .day, span: day))
                #expect(answer.map(\.count) == [1])
            }
            try await roll(RollupUpkeep(link, calendar: calendar), at: Self.later)
            #expect(try await number("count(*) FROM rollup_calendar WHERE adopted_through IS NULL", link) == 1)
            let days = try await link.query("SELECT count(*), min(start_time), max(start_time) FROM rollup_days")
            #expect(try days.integer(0, 0) == 70)
            #expect(try days.time(0, 1) == day.lowerBound)
            #expect(try days.time(0, 2) == day.lowerBound)
            #expect(try await number("count(*) FROM stale_rollups", link) == 0)
        }
    }

    @Test func `is not changed while another Doppel keeps it`() async throws {
        let examples = HistoryExamples(seed: 8, Self.to.calendar, around: Self.to.moment, samplesPerSeries: 100)
        try await withHistory { link in
            let feed = ExampleFeed(link)
            try await examples.store(0..<1, in: feed)
            let first = RollupUpkeep(link, calendar: Self.from.calendar)
            try await roll(first, at: examples.end)
            try await examples.store(1..<2, in: feed)
            let before = try await content(link)
            let second = RollupUpkeep(link, calendar: Self.to.calendar)
            let refusal = await failure { () async throws(PostgresFailure) in
                _ = try await second.proceed(at: examples.end)
            }
            for word in ["history.time_zone is \(Self.to.calendar.zone)", Self.from.calendar.zone, "10 minutes"] {
                #expect(refusal?.message.contains(word) == true, "\(String(describing: refusal))")
            }
            #expect(try await content(link) == before)
            // Where it is taken over between the look and the work, the work fails as a whole.
            let late = await failure { () async throws(PostgresFailure) in
                try await second.transact([.statement("DELETE FROM feed_steps")])
            }
            #expect(late?.sqlState == "22012")
            #expect(try await content(link) == before)
            // The keeper rolls up what both have fed, and both are answered rightly.
            try await roll(first, at: examples.end)
            #expect(try await number("count(*) FROM feed_steps", link) == 0)
            #expect(try await examples.wrong(store(Self.to, link), afterBatches: 2) == [])
        }
    }

    /// What a Doppel that keeps the rollups would change.
    private func content(_ link: PostgresLink) async throws -> String {
        try await link.query(
            """
            SELECT (SELECT count(*) FROM feed_steps) || ' ' || (SELECT count(*) FROM rollup_minutes) || ' '
                || (SELECT string_agg(zone || turn, ' ') FROM rollup_calendar) || ' '
                || (SELECT string_agg(level || ' ' || start_time, ', ' ORDER BY level, start_time) FROM calendar_spans)
            """
        ).words(0, 0)
    }

    @Test func `that its keeper looks after is kept anew`() async throws {
        try await withHistory { link in
            let upkeep = RollupUpkeep(link, calendar: .utc)
            try await roll(upkeep, at: Self.later)
            try await endLease(link)
            try await roll(upkeep, at: Self.later)
            await #expect(throws: PostgresFailure.self) {
                try await RollupUpkeep(link, calendar: Self.to.calendar).proceed(at: Self.later)
            }
        }
    }

    @Test func `that becomes what it was before is written down anew`() async throws {
        let examples = HistoryExamples(seed: 10, Self.from.calendar, around: Self.from.moment, samplesPerSeries: 100)
        try await withHistory { link in
            let feed = ExampleFeed(link)
            try await examples.store(0..<2, in: feed)
            let first = RollupUpkeep(link, calendar: Self.from.calendar)
            try await roll(first, at: examples.end)
            try await endLease(link)
            try await roll(RollupUpkeep(link, calendar: Self.to.calendar), at: examples.end)
            try await endLease(link)
            try await roll(first, at: examples.end)
            #expect(try await examples.wrong(store(Self.from, link), afterBatches: 2) == [])
            try await examples.store(2..<examples.batches.count, in: feed)
            try await roll(first, at: examples.end)
            #expect(try await examples.wrong(store(Self.from, link), afterBatches: examples.batches.count) == [])
        }
    }

    @Test func `that changes on the way of a question is noticed`() async throws {
        let examples = HistoryExamples(seed: 9, Self.to.calendar, around: Self.to.moment, samplesPerSeries: 100)
        try await withHistory { link in
            try await examples.store(0..<examples.batches.count, in: ExampleFeed(link))
            try await roll(RollupUpkeep(link, calendar: Self.to.calendar), at: examples.end)
            // Whoever reads days finds them gone, and another zone in place.
            try await link.transaction([
                .script(
                    """
                    CREATE FUNCTION seize() RETURNS boolean LANGUAGE plpgsql AS $$
                    BEGIN
                        UPDATE rollup_calendar SET zone = 'Pacific/Auckland', adopted_through = 0;
                        RETURN false;
                    END $$;
                    ALTER TABLE rollup_days RENAME TO seized_days;
                    CREATE VIEW rollup_days AS SELECT * FROM seized_days WHERE seize();
                    """)
            ])
            #expect(try await examples.wrong(store(Self.to, link), afterBatches: examples.batches.count) == [])
            #expect(try await number("count(*) FROM rollup_calendar WHERE zone = 'Pacific/Auckland'", link) == 1)
        }
    }
}
