import EventLoop
import Foundation
import GRDB
import PostgresCluster
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory
@testable import SQLiteJournal

/// What cannot be brought, and how somebody has the feed go past it.
@Suite struct `A row that cannot be brought` {
    private static let device = DeviceID("ESP_00000A")!
    private static let key = SensorKey(gpio: GPIO(34)!, type: "ph", address: .none)

    private static func moment(_ second: Int64) -> Moment {
        Moment(
            time: UnixTime(milliseconds: 1_790_000_000_000 + second * 1_000),
            uptime: Uptime(milliseconds: second * 1_000))
    }

    private static func sample(_ second: Int64) -> Fact {
        let time = moment(second).time
        let sample = Sample(
            raw: Double(second), value: Double(second), unit: "pH", quality: .good, eventTime: time, receiptTime: time,
            claimedTime: time, digest: UInt64(second), isTimely: true)
        return Fact(device: device, moment: moment(second), event: .sensor(key, .sampled(sample)))
    }

    private static func fact(_ second: Int64) -> Fact {
        Fact(device: device, moment: moment(second), event: .device(.cameOnline))
    }

    /// Runs a test with a journal of twelve rows, the sixth and the ninth of which are facts, and a feed of it.
    private func withJournal(
        _ url: String, commands: [CommandRecord] = [], damage: String,
        _ body: (FeedingJournal, HistoryFeed, PostgresLink, LinkRecorder) async throws -> Void
    ) async throws {
        try await withLink(url) { link, recorder in
            let fed = try FeedingJournal(on: recorder.loop)
            var batch = Batch(firstSequence: 1)
            batch.facts = (1...12).map { [6, 9].contains($0) ? Self.fact($0) : Self.sample($0) }
            batch.commands = commands
            try await fed.commit(batch)
            try await self.damage(fed, damage)
            let feed = HistoryFeed(
                from: fed.journal, to: link, on: recorder.loop, batchRows: 5, listeners: FeedListeners.Limits(),
                logger: recorder.logger, retryMilliseconds: 20...50
            ) { try await SchemaMigrator(link).migrate() }
            await recorder.loop.run { feed.start { _ in } }
            var failure: (any Error)?
            do { try await body(fed, feed, link, recorder) } catch { failure = error }
            await withCheckedContinuation { continuation in
                recorder.loop.post { feed.stop { continuation.resume() } }
            }
            await fed.close()
            if let failure { throw failure }
        }
    }

    private func url() async throws -> String {
        let cluster = try await PostgresCluster.shared
        return try await cluster.url(cluster.makeDatabase())
    }

    private func damage(_ fed: FeedingJournal, _ sql: String) async throws {
        try await fed.journal.writeBetweenCommits("damage") { try $0.execute(sql: sql) }
    }

    private func told(_ words: String, _ feed: HistoryFeed, _ recorder: LinkRecorder) async {
        await eventually("the vitals say: \(words)") {
            await recorder.loop.run { feed.vitals() }.condition.reason?.contains(words) == true
        }
    }

    private func places(_ link: PostgresLink) async throws -> [Int64] {
        let rows = try await link.query(
            "SELECT position FROM sensor_readings UNION ALL SELECT position FROM events ORDER BY position")
        return try (0..<rows.count).map { try rows.wholeNumber($0, 0) }
    }

    @Test(arguments: [
        (6, "UPDATE facts SET body = '{' WHERE sequence = 6", "a fact of ESP_00000A"),
        (7, "UPDATE readings SET quality = 99 WHERE sequence = 7", "a reading of ESP_00000A"),
        (12, "UPDATE readings SET sensor_id = 99 WHERE sequence = 12", "a reading of an unknown device"),
    ])
    func `is named, and skipped by whoever says so, and only that one`(
        row: UInt64, damage: String, name: String
    ) async throws {
        try await withJournal(try await url(), damage: damage) { fed, feed, link, recorder in
            await told("row \(row) of the journal (of ", feed, recorder)
            await told("`doppel admin skip --row \(row)`", feed, recorder)
            let waiting = try WaitingJournal(directory: fed.folder)
            let skip = try await FeedSkip(of: waiting.journal, link)
            #expect(skip.held.sequence == row - 1)
            let next = try #require(try waiting.row(after: skip.held.sequence))
            #expect(next.number == row && next.name == name && next.mayBeSkipped)
            #expect(next.failure?.contains("cannot be read") == true)
            #expect(try waiting.row(after: 0)?.failure == nil)

            try await skip.skip(row: row, because: "damaged", by: "admin:mara")
            await eventually("the rest is fed, and the vitals say what is missing") {
                let vitals = await recorder.loop.run { feed.vitals() }
                return vitals.condition == .ok && vitals.backlog == 0
                    && vitals.health.contains("1 rows were skipped by hand")
            }
            #expect(try await places(link) == (1...12).filter { $0 != Int64(row) })
            let record = try await link.query("SELECT position, change, reason, skipped_by FROM skipped_rows")
            #expect(record.count == 1)
            #expect(try record.wholeNumber(0, 0) == Int64(row))
            #expect(try record.integer(0, 1) == nil)
            #expect(try record.words(0, 3) == "admin:mara")
            // Whoever was slower does nothing.
            await #expect(throws: PostgresFailure.self) {
                try await skip.skip(row: row + 1, because: "again", by: "admin:mara")
            }
            #expect(try await link.query("SELECT count(*) FROM skipped_rows").wholeNumber(0, 0) == 1)
        }
    }

    @Test func `is named also where PostgreSQL refuses it`() async throws {
        let url = try await url()
        try await withLink(url) { link, _ in
            try await SchemaMigrator(link).migrate()
            _ = try await link.query("ALTER TABLE sensor_readings ADD CHECK (raw_value <> 8)")
        }
        try await withJournal(url, damage: "SELECT 1") { fed, feed, link, recorder in
            await told("PostgreSQL refuses row 8 of the journal (of ESP_00000A)", feed, recorder)
            await told("`doppel admin skip --row 8 --although-readable`", feed, recorder)
            let waiting = try WaitingJournal(directory: fed.folder)
            let skip = try await FeedSkip(of: waiting.journal, link)
            #expect(try waiting.row(after: skip.held.sequence)?.failure == nil)
            try await skip.skip(row: 8, because: "refused", by: "admin:mara")
            await eventually("the rest is fed") { ((try? await places(link)) ?? []).count == 11 }
        }
    }

    @Test func `lets rows go on where it is a record, and so does the next one`() async throws {
        let damage = "UPDATE commands SET body = '{' WHERE id = 'c1'"
        try await withJournal(
            try await url(), commands: [.example("c1"), .example("c2")], damage: damage
        ) { fed, feed, link, recorder in
            await told("row id=c1 of commands cannot be read", feed, recorder)
            await eventually("all rows are fed") { ((try? await places(link)) ?? []).count == 12 }
            #expect(try await link.query("SELECT count(*) FROM commands").wholeNumber(0, 0) == 0)
            let waiting = try WaitingJournal(directory: fed.folder)
            let skip = try await FeedSkip(of: waiting.journal, link)
            let next = try #require(try waiting.record(after: skip.held.change))
            #expect(next.name == "the command c1" && next.failure != nil && next.mayBeSkipped)
            try await skip.skip(record: Int64(next.number), because: "damaged", by: "admin:mara")
            await eventually("the other one is fed") {
                (try? await link.query("SELECT count(*) FROM commands").wholeNumber(0, 0)) == 1
            }
            await eventually("all is well") {
                let vitals = await recorder.loop.run { feed.vitals() }
                return vitals.condition == .ok && vitals.health.contains("1 rows were skipped by hand")
            }
        }
    }

    @Test func `is not skipped where twins of the past are rebuilt from it`() async throws {
        try await withJournal(try await url(), damage: "SELECT 1") { fed, feed, link, recorder in
            var batch = Batch(firstSequence: 13)
            let state = DeviceState(
                address: DeviceAddress(kaiser: .god, device: Self.device), isApproved: true, at: Self.moment(1))
            batch.snapshots = [DeviceSnapshot(revision: 1, device: state, sensors: [], actuators: [])]
            try await fed.commit(batch)
            try await damage(fed, "UPDATE snapshots SET body = '{', change = change + 10")
            await told("It cannot be left out", feed, recorder)
            let waiting = try WaitingJournal(directory: fed.folder)
            let skip = try await FeedSkip(of: waiting.journal, link)
            #expect(try waiting.record(after: skip.held.change)?.mayBeSkipped == false)
        }
    }

    @Test func `holds up no other correction, and no row`() async throws {
        try await withJournal(try await url(), damage: "SELECT 1") { fed, feed, link, recorder in
            await eventually("all is fed") { ((try? await places(link)) ?? []).count == 12 }
            try await fed.recompute(Self.device, Self.key) { sample in
                var sample = sample
                sample.value = sample.raw * 2
                return sample
            }
            await eventually("the corrections are fed") { (try? await fed.journal.reach().corrections) == 0 }
            try await damage(
                fed,
                """
                UPDATE readings SET quality = 99 WHERE sequence = 2;
                UPDATE readings SET value = raw * 3 WHERE sequence IN (3, 4);
                INSERT INTO changed_readings (sequence) VALUES (2), (3), (4)
                """)
            await told("a value computed again waits: row 2 of the journal (of ESP_00000A)", feed, recorder)
            #expect(try await fed.journal.reach().corrections == 1)
            var batch = Batch(firstSequence: 13)
            batch.facts = [Self.sample(13)]
            try await fed.commit(batch)
            await eventually("the next row is fed") { ((try? await places(link)) ?? []).count == 13 }
            let tripled = try await link.query(
                "SELECT count(*) FROM sensor_readings WHERE processed_value = raw_value * 3")
            #expect(try tripled.wholeNumber(0, 0) == 2)
        }
    }
}
