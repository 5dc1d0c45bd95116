import EventLoop
import Foundation
import PostgresCluster
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `A feed's notices` {
    /// A notice as a listener reads it.
    private struct Notice: Decodable {
        let journal: String
        let after, through: Int64
        let rows: [String: Int]
        let complete: Bool
        let from, to: String?
    }

    private func notices(_ recorder: LinkRecorder) throws -> [Notice] {
        try recorder.notified.map { line in
            let text = try #require(line.hasPrefix("doppel_events: ") ? line.dropFirst(15) : nil)
            return try JSONDecoder().decode(Notice.self, from: Data(text.utf8))
        }
    }

    /// Runs a feed, and beside it a listener with a connection of its own.
    private func withListener(
        _ url: String, _ source: FakeSource, batchRows: Int = 100, limits: FeedListeners.Limits = .init(),
        _ body: (HistoryFeed, PostgresLink, LinkRecorder) async throws -> Void
    ) async throws {
        try await withLink(url, configure: { $0.channels = ["doppel_events"] }) { listener, heard in
            await eventually("the listener listens") { heard.connected.count == 1 }
            try await withLink(url) { link, recorder in
                let feed = HistoryFeed(
                    from: source, to: link, on: recorder.loop, batchRows: batchRows, listeners: limits,
                    logger: recorder.logger
                ) { try await SchemaMigrator(link).migrate() }
                await recorder.loop.run { feed.start { _ in } }
                var failure: (any Error)?
                do { try await body(feed, listener, heard) } catch { failure = error }
                await withCheckedContinuation { continuation in
                    recorder.loop.post { feed.stop { continuation.resume() } }
                }
                if let failure { throw failure }
            }
        }
    }

    @Test func `tell of every row that came, without a gap, and seldom`() async throws {
        let cluster = try await PostgresCluster.shared
        let source = FakeSource()
        source.addReadings(3_000)
        source.addFact()
        let begin = ContinuousClock.now
        try await withListener(cluster.url(cluster.makeDatabase()), source, batchRows: 20) { _, listener, heard in
            await fed(source)
            await eventually("the last one is told") { (try? notices(heard))?.last?.through == 3_001 }
            source.addReadings(5)
            await eventually("what comes after a rest is told") { (try? notices(heard))?.last?.through == 3_006 }
            let (told, seconds) = (try notices(heard), (ContinuousClock.now - begin) / .seconds(1))
            #expect(told.count <= Int(seconds * 4) + 2, "\(told.count) notices in \(seconds) s")
            #expect(told.map { $0.rows["sensor_readings"] ?? 0 }.reduce(0, +) == 3_005)
            #expect(told.map { $0.rows["events"] ?? 0 }.reduce(0, +) == 1)
            #expect(zip(told, told.dropFirst()).allSatisfy { $0.through == $1.after })
            let last = try #require(told.last)
            #expect(last.complete)
            let found = try await listener.query(
                """
                SELECT count(*) FROM sensor_readings WHERE position > $1 AND position <= $2
                    AND event_time BETWEEN $3 AND $4
                """, [.integer(last.after), .integer(last.through), .text(last.from), .text(last.to)])
            #expect(try found.integer(0, 0) == 5)
        }
    }

    @Test func `of a new run say where it begins`() async throws {
        let cluster = try await PostgresCluster.shared
        let url = try await cluster.url(cluster.makeDatabase())
        let source = FakeSource()
        source.addReadings(30)
        try await withListener(url, source) { _, _, _ in await fed(source) }
        try await withListener(url, source) { _, _, heard in
            await eventually("the new run is told") { heard.notified.count == 1 }
            let told = try #require(try notices(heard).first)
            #expect(told.after == 30 && told.through == 30 && !told.complete)
        }
    }

    @Test func `of the last rows come with the end of a run`() async throws {
        let cluster = try await PostgresCluster.shared
        let url = try await cluster.url(cluster.makeDatabase())
        let source = FakeSource()
        source.addReadings(30)
        var limits = FeedListeners.Limits()
        limits.gapMilliseconds = 3_600_000
        try await withLink(url, configure: { $0.channels = ["doppel_events"] }) { _, heard in
            try await withListener(url, source, limits: limits) { _, _, _ in
                await fed(source)
                source.addReadings(10)
                await fed(source)
                let early = try notices(heard)
                #expect(early.last?.through == 30)
            }
            await eventually("the rest is told") { (try? notices(heard))?.last?.through == 40 }
        }
    }

    @Test func `stay away while a listener sleeps, and the rows do not wait for it`() async throws {
        try await withCluster { cluster in
            let source = FakeSource()
            var limits = FeedListeners.Limits()
            // Some pages of 8 GB; the whole of it would take minutes to fill.
            (limits.maximumQueueUsage, limits.gapMilliseconds, limits.silenceMilliseconds) = (0.000_1, 20, 50)
            try await withListener(cluster.url(), source, limits: limits) { feed, listener, heard in
                try await withLink(cluster.url(), configure: { $0.channels = ["elsewhere"] }) { sleeper, awake in
                    await eventually("the sleeper listens") { awake.connected.count == 1 }
                    async let sleeping = sleeper.transaction([.statement("SELECT pg_sleep(3600)")])
                    await eventually("it sleeps") {
                        let found = try? await listener.query(
                            "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(3600)'")
                        return (try? found?.integer(0, 0)) == 1
                    }
                    try await cluster.run(
                        "SELECT count(pg_notify('elsewhere', repeat('x', 7000) || n)) FROM generate_series(1, 400) n")
                    let before = heard.notified.count
                    source.addReadings(500)
                    await fed(source)
                    #expect(try await difference(listener, source) == nil)
                    await eventually("the feed says so") {
                        let vitals = await listener.loop.run { feed.vitals() }
                        return vitals.condition.reason?.contains("pg_stat_activity") == true
                    }
                    #expect(heard.notified.count == before)
                    try await cluster.run(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(3600)'")
                    _ = try? await sleeping
                }
                await eventually("everything is told afterwards") { (try? notices(heard))?.last?.through == 500 }
                await eventually("all is well") {
                    await listener.loop.run { feed.vitals() }.condition == .ok
                }
            }
        }
    }

    @Test func `that PostgreSQL refuses for a full queue do not hold up the rows`() async throws {
        let cluster = try await PostgresCluster.shared
        let database = try await cluster.makeDatabase()
        // A full queue is 8 GB of notices; a function in front of PostgreSQL's own refuses as it would.
        try await cluster.run(
            """
            CREATE FUNCTION public.pg_notify(text, text) RETURNS void LANGUAGE plpgsql AS $$
                BEGIN RAISE 'too many notifications in the NOTIFY queue' USING ERRCODE = '54000'; END $$;
            ALTER DATABASE \(database) SET search_path = public, pg_catalog
            """, in: database)
        let source = FakeSource()
        source.addReadings(300)
        var limits = FeedListeners.Limits()
        limits.silenceMilliseconds = 50
        try await withListener(cluster.url(database), source, limits: limits) { feed, listener, heard in
            await fed(source)
            #expect(try await difference(listener, source) == nil)
            await eventually("the feed says so") {
                await listener.loop.run { feed.vitals() }.condition.reason?.contains("doppel_events") == true
            }
            #expect(heard.notified == [])
            try await cluster.run("DROP FUNCTION public.pg_notify(text, text)", in: database)
            await eventually("everything is told afterwards") { (try? notices(heard))?.last?.through == 300 }
        }
    }
}
