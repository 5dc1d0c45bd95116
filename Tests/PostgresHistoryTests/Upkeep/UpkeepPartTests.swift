import PostgresCluster
import Synchronization
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

/// The part that keeps PostgreSQL's rollups and retention, with a clock that stands.
@Suite struct `The upkeep of PostgreSQL` {
    private static let day: Int64 = 86_400_000
    private static let now = UnixTime(milliseconds: 20_700 * day)

    private let loop = ClockedLoop(at: Moment(time: now, uptime: Uptime(milliseconds: 0)))
    private let told = Notes()

    /// What was told, and in what order.
    private final class Notes: Sendable {
        private let state = Mutex<[String]>([])
        var all: [String] { state.withLock { $0 } }
        func add(_ note: String) { state.withLock { $0.append(note) } }
    }

    private func upkeep(_ link: PostgresLink, _ retention: HistoryRetention = HistoryRetention()) -> PostgresUpkeep {
        PostgresUpkeep(link, calendar: .utc, retention: retention, on: loop) { [told] in told.add($0 ?? "well") }
    }

    private func start(_ upkeep: PostgresUpkeep) { loop.run { upkeep.start { self.told.add("\($0)") } } }
    private func stop(_ upkeep: PostgresUpkeep) { loop.run { upkeep.stop { self.told.add("stopped") } } }
    private func condition(_ upkeep: PostgresUpkeep) -> PartCondition { loop.run { upkeep.vitals() }.condition }

    private func stopAndWait(_ upkeep: PostgresUpkeep) async {
        stop(upkeep)
        await eventually("it ends") { told.all.last == "stopped" }
    }

    /// Stores a reading for each of some days back.
    private func feed(_ days: ClosedRange<Int64>, _ link: PostgresLink) async throws {
        try await ExampleFeed(link).store(
            days.map { ago in
                let time = Self.now.advanced(byMilliseconds: -ago * Self.day + 60_000)
                let sample = Sample(
                    raw: 1, value: Double(ago), unit: "°C", quality: .good, eventTime: time, receiptTime: time,
                    claimedTime: time, digest: UInt64(ago), isTimely: true)
                return (DeviceID("ESP_00000A")!, SensorKey(gpio: GPIO(4)!, type: "a", address: .none), sample)
            })
    }

    private func count(_ rows: String, _ link: PostgresLink) async -> Int64? {
        let answer = try? await link.query("SELECT count(*) FROM \(rows)")
        return (try? answer?.integer(0, 0)) ?? nil
    }

    /// Rests as a server that has nothing to do, again and again.
    private func goOn() { loop.advance(PostgresUpkeep.idleMilliseconds) }

    @Test func `begins at once, makes what will be needed, rolls up, and then removes`() async throws {
        try await withHistory { link in
            try await feed(1...9, link)
            let upkeep = upkeep(link, HistoryRetention(readingsDays: 5))
            start(upkeep)
            #expect(told.all == ["running"])
            // While something waits for its rollup nothing goes; an hour later it does.
            await eventually("all is rolled up") {
                goOn()
                return await count("rollup_days", link) == 9
            }
            await eventually("what is old is gone") {
                loop.advance(PostgresUpkeep.retentionMilliseconds)
                return await count("sensor_readings", link) == 5
            }
            #expect(await count("rollup_days", link) == 9)
            let tomorrow = "partitions WHERE parent = 'sensor_readings' AND start_time > to_timestamp(1788480000)"
            #expect(await count(tomorrow, link) ?? 0 >= PartitionUpkeep.daysAhead)
            #expect(condition(upkeep) == .ok)
            await stopAndWait(upkeep)
        }
    }

    @Test func `says what failed, does it again, and says that it is well`() async throws {
        try await withHistory { link in
            _ = try await link.query("ALTER TABLE feed_steps RENAME TO hidden")
            let upkeep = upkeep(link)
            start(upkeep)
            await eventually("it says what is wrong") { told.all.count > 1 }
            #expect(told.all[1].contains("feed_steps") && told.all[1].contains("doppel admin migrate"), "\(told.all)")
            #expect(condition(upkeep).reason?.contains("questions about long spans are answered slowly") == true)
            _ = try await link.query("ALTER TABLE hidden RENAME TO feed_steps")
            await eventually("it is well again") {
                goOn()
                return told.all.last == "well"
            }
            #expect(condition(upkeep) == .ok)
            await stopAndWait(upkeep)
        }
    }

    @Test func `makes partitions and removes what is old though another keeps the rollups`() async throws {
        try await withHistory { link in
            try await feed(1...9, link)
            let keeper = RollupUpkeep(
                link, calendar: SiteCalendar(zone: "Etc/Other", initialOffsetMilliseconds: 0, transitions: []))
            while case .did = try await keeper.proceed(at: Self.now) {}
            let upkeep = upkeep(link, HistoryRetention(readingsDays: 5))
            start(upkeep)
            await eventually("what is old is gone") { await count("sensor_readings", link) == 5 }
            await eventually("it says what is wrong") { told.all.count > 1 }
            #expect(told.all.last?.contains("history.time_zone is UTC here") == true, "\(told.all)")
            #expect(condition(upkeep).reason?.contains("those of Etc/Other") == true)
            let tomorrow = "partitions WHERE parent = 'sensor_readings' AND start_time > to_timestamp(1788480000)"
            #expect(await count(tomorrow, link) ?? 0 >= PartitionUpkeep.daysAhead)
            await stopAndWait(upkeep)
        }
    }

    @Test func `takes days with many readings out of the default partition`() async throws {
        try await withHistory { link in
            let upkeep = upkeep(link)
            start(upkeep)
            await eventually("the first round is done") { told.all.last == "well" }
            // A fleet whose clocks are ahead, and a clock that is off by itself.
            try await fill(days: 30, rows: PartitionUpkeep.rowsOfDay, link)
            try await fill(days: 40, rows: PartitionUpkeep.rowsOfDay - 1, link)
            await eventually("there is room again") {
                loop.advance(PostgresUpkeep.retentionMilliseconds)
                return await count("sensor_readings_default", link) == PartitionUpkeep.rowsOfDay - 1
            }
            loop.advance(PostgresUpkeep.retentionMilliseconds)
            try await settle(upkeep)
            #expect(await count("sensor_readings_default", link) == PartitionUpkeep.rowsOfDay - 1)
            #expect(await count("sensor_readings", link) == 2 * PartitionUpkeep.rowsOfDay - 1)
            #expect(condition(upkeep) == .ok)
            await stopAndWait(upkeep)
        }
    }

    @Test func `looks into the default partition when it has grown`() async throws {
        try await withHistory { link in
            let partitions = PartitionUpkeep(link)
            try await fill(days: 30, rows: PartitionUpkeep.rowsOfDay, link)
            try await partitions.spread(isDue: false)
            #expect(await count("sensor_readings_default", link) == PartitionUpkeep.rowsOfDay)
            try await fill(days: 31, rows: PartitionUpkeep.growthBytes / 100, link)
            try await partitions.spread(isDue: false)
            #expect(await count("sensor_readings_default", link) == 0)
        }
    }

    /// Stores readings of a day that has no partition.
    private func fill(days: Int64, rows: Int64, _ link: PostgresLink) async throws {
        _ = try await link.query(
            """
            INSERT INTO sensor_readings (event_time, receipt_time, position, digest, uptime_ms, raw_value, sensor_id,
                quality, processing_mode, is_timely)
            SELECT $1::timestamptz + n * interval '1 millisecond', $1, n, n, 0, 1, 1, 'good', 'raw', true
            FROM generate_series(1, $2) AS n
            """, [.time(Self.now.advanced(byMilliseconds: days * Self.day)), .integer(rows)],
            deadlineMilliseconds: longMilliseconds)
    }

    @Test func `ends after the piece that is under way, and begins no other`() async throws {
        try await withBusySteps { link, other, release in
            let upkeep = upkeep(link)
            start(upkeep)
            await eventually("a piece waits for the table") { await count(Self.waiters, other) == 1 }
            stop(upkeep)
            loop.run {}
            #expect(told.all == ["running"])
            try await release()
            await eventually("it ends") { told.all == ["running", "stopped"] }
            for _ in 0..<5 { loop.advance(PostgresUpkeep.retentionMilliseconds) }
            loop.run {}
            #expect(told.all == ["running", "stopped"])
        }
    }

    @Test func `goes on with one piece at a time when it is started while one is under way`() async throws {
        try await withBusySteps { link, other, release in
            let upkeep = upkeep(link)
            start(upkeep)
            await eventually("a piece waits for the table") { await count(Self.waiters, other) == 1 }
            stop(upkeep)
            start(upkeep)
            stop(upkeep)
            start(upkeep)
            #expect(await count(Self.waiters, other) == 1)
            try await release()
            await eventually("both stops were answered") { told.all.count { $0 == "stopped" } == 2 }
            try await feed(1...1, link)
            await eventually("the last life works") {
                goOn()
                return await count("rollup_days", link) == 1
            }
            #expect(condition(upkeep) == .ok)
            await stopAndWait(upkeep)
        }
    }

    @Test func `removes nothing while the clock cannot be believed`() async throws {
        try await withHistory { link in
            try await feed(1...3, link)
            let upkeep = upkeep(link, HistoryRetention(readingsDays: 400, eventsDays: 400))
            start(upkeep)
            await eventually("all is rolled up") {
                goOn()
                return await count("rollup_days", link) == 3
            }
            // The clock is set to a time in which everything would be old.
            loop.advance(PostgresUpkeep.retentionMilliseconds, jump: 500 * Self.day)
            await eventually("it says so") {
                goOn()
                return condition(upkeep).reason?.contains("the clock jumped by 43200000 s") == true
            }
            for _ in 0..<20 {
                loop.advance(PostgresUpkeep.retentionMilliseconds)
                try await settle(upkeep)
            }
            #expect(await count("sensor_readings", link) == 3)
            // Nobody set it right within a day: it is believed, as far as PostgreSQL's own clock agrees.
            await eventually("then it is believed") {
                loop.advance(PostgresUpkeep.retentionMilliseconds)
                return condition(upkeep) == .ok
            }
            #expect(await count("sensor_readings", link) == 3)
            await stopAndWait(upkeep)
        }
    }

    @Test func `removes nothing after a jump that only its own clock gives away`() async throws {
        try await withHistory { link in
            try await feed(1...3, link)
            let upkeep = upkeep(link, HistoryRetention(readingsDays: 3))
            start(upkeep)
            await eventually("all is rolled up") {
                goOn()
                return await count("rollup_days", link) == 3
            }
            for _ in 0..<5 {
                loop.advance(PostgresUpkeep.retentionMilliseconds)
                try await settle(upkeep)
            }
            // To the next day, by which the third is too old, and by less than a night without Doppel.
            loop.advance(PostgresUpkeep.retentionMilliseconds, jump: 20 * 3_600_000)
            for _ in 0..<3 {
                try await settle(upkeep)
                loop.advance(PostgresUpkeep.retentionMilliseconds)
            }
            #expect(condition(upkeep).reason?.contains("the clock jumped by 72000 s") == true)
            #expect(await count("sensor_readings", link) == 3)
            await stopAndWait(upkeep)
        }
    }

    /// Waits until the piece that may be under way is over.
    private func settle(_ upkeep: PostgresUpkeep) async throws {
        let before = told.all.count
        await eventually("a piece is done") {
            goOn()
            return told.all.count > before
        }
    }

    private static let waiters = "pg_locks WHERE NOT granted AND relation = 'feed_steps'::regclass"

    /// Runs a test while somebody has the table locked that every piece looks at first.
    private func withBusySteps(
        _ body: (_ link: PostgresLink, _ other: PostgresLink, _ release: () async throws -> Void) async throws -> Void
    ) async throws {
        let cluster = try await PostgresCluster.shared
        let url = try await cluster.url(cluster.makeDatabase())
        try await withLink(url) { link, _ in
            try await SchemaMigrator(link).migrate()
            try await withLink(url) { other, _ in
                try await withLink(url) { holder, _ in
                    async let held = holder.transaction([
                        .statement("LOCK TABLE feed_steps IN ACCESS EXCLUSIVE MODE"),
                        .statement("SELECT pg_sleep(3600)"),
                    ])
                    await eventually("the table is locked") {
                        await count("pg_locks WHERE granted AND relation = 'feed_steps'::regclass", other) == 1
                    }
                    try await body(link, other) {
                        _ = try await other.query(
                            """
                            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                            WHERE query LIKE '%pg_sleep(3600)' AND pid <> pg_backend_pid()
                                AND datname = current_database()
                            """)
                    }
                    _ = try? await held
                }
            }
        }
    }
}
