import PostgresCluster
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `Retention in PostgreSQL` {
    private static let device = DeviceID("ESP_00000A")!
    private static let key = SensorKey(gpio: GPIO(4)!, type: "a", address: .none)
    private static let day: Int64 = 86_400_000
    /// The beginning of a UTC day.
    private static let now = UnixTime(milliseconds: 20_700 * day)

    private func feed(
        _ days: ClosedRange<Int64>, before end: UnixTime = now, _ link: PostgresLink
    ) async throws {
        try await ExampleFeed(link).store(
            days.map { ago in
                let time = end.advanced(byMilliseconds: -ago * Self.day + 60_000)
                return (
                    Self.device, Self.key,
                    Sample(
                        raw: 1, value: Double(ago), unit: "°C", quality: .good, eventTime: time, receiptTime: time,
                        claimedTime: time, digest: UInt64(ago), isTimely: true)
                )
            })
    }

    private func roll(_ link: PostgresLink, at time: UnixTime = now) async throws {
        let upkeep = RollupUpkeep(link, calendar: .utc)
        while case .did = try await upkeep.proceed(at: time) {}
    }

    private func readings(_ link: PostgresLink) async throws -> Int64? {
        try await link.query("SELECT count(*) FROM sensor_readings").integer(0, 0)
    }

    /// A journal that is fed, and the time of the last row it brought.
    private func feeds(_ number: Int, through time: UnixTime?, agoDays: Int = 0, _ link: PostgresLink) async throws {
        _ = try await link.query(
            """
            INSERT INTO journals (journal_id, fed_through, last_fed_at)
            VALUES ($1, 1, now() - \(agoDays) * interval '1 day')
            ON CONFLICT (journal_id) DO UPDATE SET last_fed_at = excluded.last_fed_at
            """, [.text("journal \(number)")])
        guard let time else { return }
        _ = try await link.query(
            FeedStatements.noteTime, [.text("journal \(number)"), .integer(time.milliseconds)])
    }

    @Test func `counts from PostgreSQL's clock where Doppel's is years ahead`() async throws {
        try await withHistory { link in
            let today = try await link.query("SELECT date_trunc('day', now(), 'UTC')").moment(0, 0)
            try await feed(1...9, before: today, link)
            try await roll(link, at: today)
            let ahead = today.advanced(byMilliseconds: 2_000 * Self.day)
            let receipt = try await RetentionUpkeep(link, HistoryRetention(readingsDays: 5)).round(at: ahead)
            #expect(receipt.dropped.count == 4)
            #expect(try await readings(link) == 5)
        }
    }

    @Test func `removes nothing for a day when both clocks are years ahead`() async throws {
        try await withHistory { link in
            let retention = RetentionUpkeep(link, HistoryRetention(readingsDays: 5, safetyDays: 5))
            // Long ago by PostgreSQL's clock: what Doppel's says next is as if both were set ahead.
            let then = Self.now.advanced(byMilliseconds: -1_000 * Self.day)
            try await feed(1...3, before: then, link)
            try await roll(link, at: then)
            #expect(try await retention.round(at: then) == RetentionUpkeep.Receipt())
            let wrong = try await retention.round(at: Self.now)
            #expect(wrong.dropped.isEmpty && wrong.doubt?.contains("for another 2") == true, "\(wrong)")
            #expect(try await readings(link) == 3)
            let set = try await retention.round(at: then.advanced(byMilliseconds: 7_200_000))
            #expect(set.dropped.isEmpty && set.doubt != nil)
            let later = try await retention.round(at: then.advanced(byMilliseconds: Self.day + 7_200_000))
            #expect(later.doubt == nil)
            #expect(try await readings(link) == 3)
        }
    }

    @Test func `a mark that a wrong clock set comes back and takes nothing with it`() async throws {
        try await withHistory { link in
            let retention = RetentionUpkeep(link, HistoryRetention(readingsDays: 5, rollupsDays: 50))
            for name in ["readings_from_ms", "rollups_from_ms"] {
                let ahead = Self.now.advanced(byMilliseconds: 1_000 * Self.day)
                _ = try await link.query(
                    "INSERT INTO marks (name, value) VALUES ($1, $2::bigint::text)",
                    [.text(name), .integer(ahead.milliseconds)])
            }
            try await feed(1...3, link)
            let receipt = try await retention.round(at: Self.now)
            #expect(receipt == RetentionUpkeep.Receipt())
            #expect(try await readings(link) == 3)
            // From now on minutes are made again.
            #expect(try await HistoryMarks.kept(link).readingsFrom == Self.now)
            #expect(try await HistoryMarks.kept(link).rollupsFrom == Self.now)
            // Without a rule nothing goes, wherever an earlier rule has put the mark.
            _ = try await RetentionUpkeep(link, HistoryRetention()).round(at: Self.now)
            #expect(try await readings(link) == 3)
        }
    }

    @Test func `does not overtake a feed that has fallen behind`() async throws {
        try await withHistory { link in
            let retention = RetentionUpkeep(link, HistoryRetention(readingsDays: 5))
            try await feed(20...29, link)
            try await roll(link)
            // An outage of 20 days has just ended: nothing was fed yet.
            try await feeds(1, through: Self.now.advanced(byMilliseconds: -20 * Self.day), agoDays: 20, link)
            let before = try await retention.round(at: Self.now)
            #expect(before.dropped.isEmpty && before.doubt?.contains("no journal was fed") == true)
            // It catches up; another journal is at work beside, and a third one was given up long ago.
            try await feeds(2, through: Self.now, link)
            try await feeds(3, through: Self.now.advanced(byMilliseconds: -90 * Self.day), agoDays: 60, link)
            try await feeds(1, through: Self.now.advanced(byMilliseconds: -18 * Self.day), link)
            #expect(try await retention.round(at: Self.now).dropped.count == 6)
            let kept = try await HistoryMarks.kept(link).readingsFrom
            #expect(kept == Self.now.advanced(byMilliseconds: -23 * Self.day))
            try await feeds(1, through: Self.now, link)
            #expect(try await retention.round(at: Self.now).dropped.count == 4)
        }
    }

    @Test func `young facts of one journal do not hide old ones of another`() async throws {
        try await withHistory { link in
            let base = Int64(1) << 40
            for number in 1...2 { try await feeds(number, through: nil, link) }
            for (first, age) in [(Int64(0), 0), (base, 10)] {
                _ = try await link.query(
                    """
                    INSERT INTO events (position, event_time, uptime_ms, kind, body)
                    SELECT $2 + n, $1::timestamptz - \(age) * interval '1 day', 0, 'site.run_ended', '{}'
                    FROM generate_series(1, 6000) AS n
                    """, [.time(Self.now), .integer(first)])
            }
            let receipt = try await RetentionUpkeep(link, HistoryRetention(eventsDays: 5)).round(at: Self.now)
            #expect(receipt.rows == 6_000)
        }
    }

    private func days(_ resolution: Resolution, _ link: PostgresLink) async throws -> [Double] {
        let store = PostgresHistoryStore(link, calendar: .utc, deadLettersFrom: NoLetters())
        let sensor = try #require(try await store.sensors(SensorQuery(device: Self.device)).first)
        let span = Self.now.advanced(byMilliseconds: -400 * Self.day)..<Self.now
        return try await store.buckets(BucketQuery(sensor: sensor, resolution: resolution, span: span)).map(\.mean)
    }

    @Test func `drops whole days, and rollups outlive their samples`() async throws {
        try await withHistory { link in
            try await feed(1...9, link)
            try await roll(link)
            let before = try await days(.day, link)
            let receipt = try await RetentionUpkeep(link, HistoryRetention(readingsDays: 5)).round(at: Self.now)
            #expect(receipt.dropped.count == 4)
            #expect(receipt.dropped.allSatisfy { $0.hasPrefix("sensor_readings_") })
            let left = try await link.query("SELECT count(*), min(processed_value) FROM sensor_readings")
            #expect(try left.integer(0, 0) == 5)
            #expect(try await days(.day, link) == before)
            #expect(try await days(.minute, link) == before)
            let again = try await RetentionUpkeep(link, HistoryRetention(readingsDays: 5)).round(at: Self.now)
            #expect(again == RetentionUpkeep.Receipt())
        }
    }

    @Test func `takes nothing that is not rolled up`() async throws {
        try await withHistory { link in
            try await feed(1...9, link)
            let receipt = try await RetentionUpkeep(link, HistoryRetention(readingsDays: 5)).round(at: Self.now)
            #expect(receipt == RetentionUpkeep.Receipt())
            let left = try await link.query("SELECT count(*) FROM sensor_readings")
            #expect(try left.integer(0, 0) == 9)
        }
    }

    @Test func `removes rollups when their time is over`() async throws {
        try await withHistory { link in
            try await feed(1...100, link)
            try await roll(link)
            let retention = HistoryRetention(readingsDays: 5, rollupsDays: 60)
            let receipt = try await RetentionUpkeep(link, retention).round(at: Self.now)
            #expect(receipt.dropped.contains { $0.hasPrefix("rollup_minutes_") })
            #expect(receipt.dropped.contains { $0.hasPrefix("rollup_hours_") })
            #expect(try await days(.day, link) == (1...60).reversed().map { Double($0) })
        }
    }

    @Test func `does not wait for somebody who reads`() async throws {
        let cluster = try await PostgresCluster.shared
        let url = try await cluster.url(cluster.makeDatabase())
        try await withLink(url) { link, _ in
            try await SchemaMigrator(link).migrate()
            try await feed(1...9, link)
            try await roll(link)
            try await withLink(url) { reader, _ in
                async let reading = reader.transaction(
                    [
                        .statement("SELECT count(*) FROM sensor_readings"),
                        .statement("SELECT pg_advisory_lock(1)"),
                        .statement("SELECT pg_sleep(3600)"),
                    ])
                await eventually("somebody reads") {
                    let rows = try? await link.query(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1")
                    return (try? rows?.integer(0, 0)) == 1
                }
                let receipt = try await RetentionUpkeep(link, HistoryRetention(readingsDays: 5)).round(at: Self.now)
                #expect(receipt.dropped.isEmpty && receipt.busy.count == 4)
                _ = try await link.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE query LIKE '%pg_sleep(3600)' AND pid <> pg_backend_pid() AND datname = current_database()
                    """)
                _ = try? await reading
                let later = try await RetentionUpkeep(link, HistoryRetention(readingsDays: 5)).round(at: Self.now)
                #expect(later.dropped.count == 4)
            }
        }
    }

    @Test func `lets old facts go in batches and keeps safety records apart`() async throws {
        try await withHistory { link in
            for table in ["events", "safety_records"] {
                let hash = table == "events" ? "" : ", decode(repeat('00', 32), 'hex')"
                _ = try await link.query(
                    """
                    INSERT INTO \(table) (position, event_time, uptime_ms, kind, body\(hash.isEmpty ? "" : ", hash"))
                    SELECT n, $1::timestamptz - n * interval '1 minute', 0, 'site.run_ended', '{}'\(hash)
                    FROM generate_series(1, 14400) AS n
                    """, [.time(Self.now)])
            }
            let retention = HistoryRetention(eventsDays: 5)
            let receipt = try await RetentionUpkeep(link, retention).round(at: Self.now)
            // Positions run against time here: only the beginning is looked at, so the young ones there are kept.
            #expect(receipt.rows == 0)
            _ = try await link.query("UPDATE events SET position = -position")
            #expect(try await RetentionUpkeep(link, retention).round(at: Self.now).rows == 7_200)
            let safety = try await link.query("SELECT count(*) FROM safety_records")
            #expect(try safety.integer(0, 0) == 14_400)
        }
    }

    @Test func `keeps commands as long as safety records, and those that have not ended`() async throws {
        try await withHistory { link in
            for (number, state) in ["confirmed", "refused", "sent", "answered"].enumerated() {
                _ = try await link.query(
                    """
                    INSERT INTO commands (command_id, device_id, gpio, issued_at, state, record, position)
                    VALUES ($1, 'ESP_00000A', 4, $2, $3, '{}', 1)
                    """,
                    [
                        .text("c\(number)"), .time(Self.now.advanced(byMilliseconds: -30 * Self.day)), .text(state),
                    ])
            }
            let days = HistoryRetention(readingsDays: 5, rollupsDays: 40, eventsDays: 5)
            #expect(try await RetentionUpkeep(link, days).round(at: Self.now).rows == 0)
            let safety = HistoryRetention(safetyDays: 29)
            #expect(try await RetentionUpkeep(link, safety).round(at: Self.now).rows == 2)
            let left = try await link.query("SELECT string_agg(state, ' ' ORDER BY command_id) FROM commands")
            #expect(try left.text(0, 0) == "sent answered")
        }
    }
}
