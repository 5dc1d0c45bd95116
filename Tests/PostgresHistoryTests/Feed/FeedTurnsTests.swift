import PostgresCluster
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `The history's feed goes on` {
    private func url() async throws -> String {
        let cluster = try await PostgresCluster.shared
        return try await cluster.url(cluster.makeDatabase())
    }

    @Test func `with corrections, however many rows come`() async throws {
        let source = FakeSource()
        source.addReadings(20)
        try await withFeeds(await url(), [source], batchRows: 5) { feeds, link, recorder in
            await eventually("the first rows are fed") { source.fedThrough >= 20 }
            source.keepBusy(true)
            source.recompute({ $0 * 3 }) { $0 % 2 == 0 && $0 <= 20 }
            await eventually("the corrections are fed", within: .seconds(15)) { source.changed.isEmpty }
            source.keepBusy(false)
            await fed(source)
            let wrong = try await difference(link, source)
            #expect(wrong == nil)
        }
    }

    @Test func `with the rows before one that the journal cannot read, and names it`() async throws {
        let source = FakeSource()
        source.addReadings(40)
        source.damage(33)
        try await withFeeds(await url(), [source], batchRows: 100) { feeds, link, recorder in
            await eventually("all before it is there") {
                (try? await link.query("SELECT max(fed_through) FROM journals").integer(0, 0)) == 32
            }
            await eventually("the vitals name it") {
                let vitals = await recorder.loop.run { feeds[0].vitals() }
                return vitals.condition.reason?.contains("sequence=33") == true && vitals.backlog == 8
            }
            source.damage(nil)
            await fed(source)
            let wrong = try await difference(link, source)
            #expect(wrong == nil)
        }
    }

    @Test func `with the numbers of sensors that PostgreSQL has after it lost some`() async throws {
        let source = FakeSource()
        source.addReadings(10)
        try await withFeeds(await url(), [source]) { _, link, _ in
            await fed(source)
            // As after a failover to a replica that lacks the last commits.
            try await link.transaction([
                .statement("DELETE FROM sensor_readings"), .statement("DELETE FROM sensors"),
                .statement("UPDATE journals SET fed_through = 0"),
            ])
            source.addReadings(5)
            await fed(source)
            let wrong = try await difference(link, source)
            #expect(wrong == nil)
        }
    }

    @Test func `correcting readings of the days concerned, and looks into no other`() async throws {
        let source = FakeSource()
        let day: Int64 = 86_400_000
        source.addReadings(60) { FakeSource.start.advanced(byMilliseconds: Int64($0 % 6) * day + Int64($0)) }
        try await withFeeds(await url(), [source]) { _, link, _ in
            await fed(source)
            let span = [FakeSource.start, FakeSource.start.advanced(byMilliseconds: 5 * day)]
            _ = try await link.query("SELECT ensure_partitions($1, $2)", span.map { .time($0) })
            let changed = source.readings.filter { [1, 3].contains($0.sequence % 6) }
            let line = JournalLine(id: source.id, stretches: [.init(base: 0, after: 0, through: 1 << 40)])
            var sensors = FeedSensors()
            try await sensors.learn(try await source.sensors([101, 102, 103]), through: link)
            let steps = try FeedShipment.corrections(changed, of: line, sensors)
                .map { step -> PostgresStep in
                    guard case .statement(let sql, let values) = step, sql == FeedStatements.correct else {
                        return step
                    }
                    return .statement("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + sql, values)
                }
            var plan = ""
            for rows in try await link.transaction(steps) {
                for row in 0..<rows.count { plan += (try? rows.words(row, 0)) ?? "" }
            }
            let partitions = try await link.query(
                "SELECT partition FROM partitions WHERE parent = 'sensor_readings' ORDER BY start_time")
            #expect(partitions.count == 6)
            for row in 0..<partitions.count {
                let isRead = plan.contains(try partitions.words(row, 0))
                #expect(isRead == [1, 3].contains(row), "\(row): \(plan)")
            }
        }
    }
}
