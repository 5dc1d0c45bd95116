import EventLoop
import PostgresCluster
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `The history's feed in trouble` {
    @Test func `waits for a server that is away, and says how much waits`() async throws {
        try await withCluster { cluster in
            try await cluster.stop()
            let source = FakeSource()
            source.addReadings(250)
            try await withFeeds(cluster.url(), [source]) { feeds, link, recorder in
                await eventually("the vitals say what waits") {
                    let vitals = await recorder.loop.run { feeds[0].vitals() }
                    return vitals.backlog == 250 && vitals.condition != .ok && vitals.oldestBacklogMilliseconds > 0
                }
                try await cluster.start()
                await fed(source)
                #expect(try await difference(link, source) == nil)
            }
        }
    }

    @Test func `goes on as soon as a connection comes up, however long it would wait`() async throws {
        try await withCluster { cluster in
            try await cluster.stop()
            let source = FakeSource()
            source.addReadings(20)
            try await withLink(cluster.url(), configure: { $0.reconnecting = impatientLimits }) { link, recorder in
                let hour: Int64 = 3_600_000
                let feed = HistoryFeed(
                    from: source, to: link, on: recorder.loop, batchRows: 10, listeners: FeedListeners.Limits(),
                    logger: recorder.logger, retryMilliseconds: hour...hour
                ) { try await SchemaMigrator(link).migrate() }
                await recorder.loop.run { feed.start { _ in } }
                await eventually("it waits") { recorder.log.contains { $0.contains("feed.waits") } }
                try await cluster.start()
                await fed(source)
                await withCheckedContinuation { continuation in
                    recorder.loop.post { feed.stop { continuation.resume() } }
                }
            }
        }
    }

    @Test func `brings every row once however often the server dies`() async throws {
        try await withCluster { cluster in
            let source = FakeSource()
            source.addReadings(2_000)
            try await withFeeds(cluster.url(), [source], batchRows: 50) { _, link, recorder in
                for (round, how) in [PostgresCluster.Stop.killed, .immediate, .fast, .killed].enumerated() {
                    let before = recorder.connected.count
                    await eventually("rows have come in round \(round)") {
                        (try? await link.query("SELECT count(*) FROM sensor_readings").integer(0, 0)) ?? 0 > 0
                    }
                    try await cluster.stop(how)
                    source.addReadings(500)
                    try await cluster.start()
                    await eventually("the link is up again") { recorder.connected.count > before }
                }
                await fed(source)
                #expect(try await difference(link, source) == nil)
                #expect(source.readings.count == 4_000)
            }
        }
    }

    @Test func `goes on with a new run where the last one was cut off`() async throws {
        let cluster = try await PostgresCluster.shared
        let url = try await cluster.url(cluster.makeDatabase())
        let source = FakeSource()
        source.addReadings(3_000)
        for _ in 0..<3 {
            // Stopped in the midst of it: the link first, which answers nothing that was on its way.
            try await withLink(url) { link, recorder in
                let feed = HistoryFeed(from: source, to: link, on: recorder.loop, batchRows: 20) {
                    try await SchemaMigrator(link).migrate()
                }
                await recorder.loop.run { feed.start { _ in } }
                await eventually("rows have come") {
                    (try? await link.query("SELECT count(*) FROM sensor_readings").integer(0, 0)) ?? 0 > 0
                }
                await withCheckedContinuation { continuation in
                    recorder.loop.post { link.stop { continuation.resume() } }
                }
                await withCheckedContinuation { continuation in
                    recorder.loop.post { feed.stop { continuation.resume() } }
                }
            }
        }
        try await withFeeds(url, [source]) { _, link, _ in
            await fed(source)
            let wrong = try await difference(link, source)
            #expect(wrong == nil)
        }
    }

    @Test func `catches up without keeping the loop from its work`() async throws {
        let cluster = try await PostgresCluster.shared
        let url = try await cluster.url(cluster.makeDatabase())
        let source = FakeSource()
        source.addReadings(60_000)
        try await withFeeds(url, [source], batchRows: 20_000) { _, link, recorder in
            await recorder.beginTicking()
            await fed(source)
            #expect(recorder.endTicking() > 100)
            let rows = try await link.query("SELECT count(*) FROM sensor_readings")
            #expect(try rows.integer(0, 0) == 60_000)
        }
    }
}
