import PostgresCluster
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `A journal and what PostgreSQL holds of it` {
    private static func judge(
        held: (UInt64, Int64), seal: Int64? = 7, last: (UInt64, Int64), noted: (UInt64, Int64), own: Int64? = 7
    ) -> FeedComparison {
        func checkpoint(_ pair: (UInt64, Int64)) -> FeedCheckpoint {
            FeedCheckpoint(sequence: pair.0, change: pair.1)
        }
        return FeedComparison(
            held: checkpoint(held), seal: seal, FeedReach(last: checkpoint(last), noted: checkpoint(noted)), own: own)
    }

    @Test func `belong together while the journal is ahead and was told no more than PostgreSQL holds`() {
        #expect(Self.judge(held: (0, 0), seal: nil, last: (0, 0), noted: (0, 0), own: nil) == .same)
        #expect(Self.judge(held: (9, 4), last: (9, 4), noted: (9, 4)) == .same)
        #expect(Self.judge(held: (9, 4), last: (12, 5), noted: (7, 3)) == .same)
        // The row was removed here, or nobody noted a seal.
        #expect(Self.judge(held: (9, 4), last: (12, 5), noted: (9, 4), own: nil) == .same)
        #expect(Self.judge(held: (9, 4), seal: nil, last: (12, 5), noted: (9, 4)) == .same)
    }

    @Test func `do not when the journal lacks what PostgreSQL holds, or has something else there`() {
        #expect(Self.judge(held: (9, 4), last: (8, 4), noted: (8, 4), own: nil) == .journalWentBack)
        #expect(Self.judge(held: (9, 4), last: (9, 3), noted: (9, 3)) == .journalWentBack)
        #expect(Self.judge(held: (9, 4), last: (12, 5), noted: (7, 3), own: 8) == .journalWentBack)
        // Both went back, PostgreSQL less far.
        #expect(Self.judge(held: (9, 4), last: (12, 5), noted: (11, 5), own: 8) == .journalWentBack)
    }

    @Test func `do not when PostgreSQL lacks what it once held`() {
        #expect(Self.judge(held: (9, 4), last: (12, 5), noted: (10, 4)) == .storeWentBack)
        #expect(Self.judge(held: (9, 4), last: (12, 5), noted: (9, 5)) == .storeWentBack)
        #expect(Self.judge(held: (0, 0), seal: nil, last: (12, 5), noted: (12, 5), own: nil) == .storeWentBack)
    }

    private func url() async throws -> String {
        let cluster = try await PostgresCluster.shared
        return try await cluster.url(cluster.makeDatabase())
    }

    private func count(_ table: String, _ link: PostgresLink) async throws -> Int64? {
        try await link.query("SELECT count(*) FROM \(table)").integer(0, 0)
    }

    @Test(arguments: [3, 20])
    func `part when the journal is an older state of itself, and nothing is lost`(later: Int) async throws {
        let source = FakeSource()
        source.addReadings(9)
        source.addFact()
        source.addReadings(20)
        source.addFact()
        let url = try await url()
        try await withFeeds(url, [source]) { _, link, _ in await fed(source) }
        let before = source.id
        // What was fed last was not noted yet when the copy was taken.
        source.goBack(to: 20, noted: 15)
        source.addReadings(later)
        source.addFact(body: #"{"text":"another"}"#)
        try await withFeeds(url, [source]) { _, link, recorder in
            await eventually("it has another name") { source.id != before }
            await fed(source)
            #expect(try await count("journals", link) == 2)
            // What both have is there once; what only one of them has is there, too.
            #expect(try await count("sensor_readings", link) == Int64(29 + later))
            #expect(try await count("events", link) == 3)
            #expect(recorder.log.contains { $0.contains("feed.journal-went-back") && $0.contains("\"shared\": 15") })
            let another = try await link.query("SELECT position FROM events ORDER BY position DESC LIMIT 1")
            #expect(try another.integer(0, 0) == (1 << 40) + Int64(source.lastSequence))
        }
    }

    @Test func `are brought together when PostgreSQL went back, and what is gone is told`() async throws {
        let source = FakeSource()
        source.addReadings(40)
        let url = try await url()
        try await withFeeds(url, [source]) { _, link, _ in
            await fed(source)
            source.recompute({ $0 * 3 }) { $0 <= 10 }
            await eventually("the corrections are fed") { source.changed.isEmpty }
        }
        source.remove(16...20)
        try await withLink(url) { link, _ in
            try await link.transaction([
                .statement("DELETE FROM sensor_readings WHERE position > 15"),
                .statement("UPDATE sensor_readings SET processed_value = raw_value / 2 WHERE position <= 10"),
                .statement("UPDATE journals SET fed_through = 15, fed_seal = NULL"),
            ])
        }
        source.addReadings(5)
        try await withFeeds(url, [source]) { feeds, link, recorder in
            await fed(source)
            await eventually("the corrections are fed again") { source.changed.isEmpty }
            let wrong = try await difference(link, source)
            #expect(wrong == nil)
            #expect(recorder.log.contains { $0.contains("feed.store-went-back") && $0.contains("\"lost_at_most\": 5") })
            await eventually("the vitals say so, and that all is well again") {
                let vitals = await recorder.loop.run { feeds[0].vitals() }
                return vitals.health.contains("up to 5 rows are in no store") && vitals.condition == .ok
            }
        }
    }
}
