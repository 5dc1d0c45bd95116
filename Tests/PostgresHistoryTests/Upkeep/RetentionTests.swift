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

    private func feed(_ days: ClosedRange<Int64>, _ link: PostgresLink) async throws {
        try await ExampleFeed(link).store(
            days.map { ago in
                let time = Self.now.advanced(byMilliseconds: -ago * Self.day + 60_000)
                return (
                    Self.device, Self.key,
                    Sample(
                        raw: 1, value: Double(ago), unit: "°C", quality: .good, eventTime: time, receiptTime: time,
                        claimedTime: time, digest: UInt64(ago), isTimely: true)
                )
            })
    }

    private func roll(_ link: PostgresLink) async throws {
        let upkeep = RollupUpkeep(link, calendar: .utc)
        while case .did = try await upkeep.proceed(at: Self.now) {}
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
