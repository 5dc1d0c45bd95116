import Foundation
import GRDB
import Logging
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct RetentionTests {
    let folder = JournalFolder()
    private static let day: Int64 = 86_400_000

    /// One reading a day for a hundred days, and one of day 5 that came last.
    private func storeReadings() async throws {
        let times = (0..<100).map { Int64($0) } + [5]
        let facts = times.enumerated().map { index, day in
            Fact.sampled(.at(day * Self.day + Int64(index / 100), digest: UInt64(index)))
        }
        try await folder.withJournal { try await $0.commit(Batch(from: 1, facts)) }
        try change(
            """
            INSERT INTO history SELECT sensor_id, event_ms, sequence FROM readings;
            UPDATE marks SET value = 101 WHERE name IN ('history_through', 'rolled_through');
            UPDATE marks SET value = 102 WHERE name = 'replay_from';
            """)
    }

    private func change(_ sql: String) throws {
        let other = try DatabaseQueue(path: folder.file)
        try other.write { try $0.execute(sql: sql) }
        try other.close()
    }

    private func read<Value: DatabaseValueConvertible>(_ type: Value.Type, _ sql: String) throws -> [Value] {
        let other = try DatabaseQueue(path: folder.file)
        defer { try? other.close() }
        return try other.read { try Value.fetchAll($0, sql: sql) }
    }

    private func mark(_ name: String) throws -> Int64? {
        try read(Int64.self, "SELECT value FROM marks WHERE name = '\(name)'").first
    }

    /// Removes everything of a class that is older than a day of the test, and says how many rows that were.
    @discardableResult
    private func remove(_ kind: RetentionClass, before day: Int64, feeds: Bool = false, rows: Int = 7) throws -> Int {
        let other = try DatabaseQueue(path: folder.file)
        defer { try? other.close() }
        var (count, position) = (0, Int64(0))
        while true {
            var removal = try other.read { db in
                try RemovalPlan(
                    db: db, cutoff: UnixTime.at(day * Self.day).milliseconds, waitsForFeed: feeds
                ).removal(of: kind, after: position)
            }
            guard !removal.isDone else { return count }
            while !removal.isDone {
                let rest = removal
                removal = try other.writeWithoutTransaction { db in
                    var next = rest
                    _ = try next.proceed(rows: rows, db) { 0 }
                    return next
                }
            }
            count += removal.removed
            position = removal.position
        }
    }

    private func report() throws -> JournalReport { try JournalVerification(directory: folder.path).run() }

    @Test func readingsGoByEventTimeLateOnesToo() async throws {
        try await storeReadings()
        #expect(try remove(.readings, before: 90) == 91)
        #expect(try read(Int64.self, "SELECT sequence FROM readings ORDER BY 1") == Array(91...100))
        #expect(try read(Int64.self, "SELECT sequence FROM history ORDER BY 1") == Array(91...100))
        #expect(try mark("readings_from_ms") == UnixTime.at(90 * Self.day).milliseconds)
        #expect(try report().isIntact)
        // Nothing is left to do, and an earlier horizon does not move the mark back.
        #expect(try remove(.readings, before: 80) == 0)
        #expect(try mark("readings_from_ms") == UnixTime.at(90 * Self.day).milliseconds)
    }

    /// A budget drops what waits, and closes minutes up to the newest of that; what was fed is not old by that.
    @Test func whatWasFedStaysWhereABudgetClosedItsMinute() async throws {
        try await storeReadings()
        try change(
            """
            UPDATE marks SET value = 101 WHERE name = 'fed_through';
            UPDATE marks SET value = \(UnixTime.at(95 * Self.day).milliseconds) WHERE name = 'readings_from_ms';
            """)
        #expect(try remove(.readings, before: 10, feeds: true) == 11)
        #expect(try mark("readings_from_ms") == UnixTime.at(95 * Self.day).milliseconds)
        #expect(try mark("retained_from_ms") == UnixTime.at(10 * Self.day).milliseconds)
        let from = try await folder.withJournal { try await $0.keptFrom() }
        #expect(from == .at(10 * Self.day))
    }

    @Test func theMarkMovesBeforeTheFirstRowGoes() async throws {
        try await storeReadings()
        let other = try DatabaseQueue(path: folder.file)
        let plan = try await other.read { db in
            try RemovalPlan(db: db, cutoff: UnixTime.at(90 * Self.day).milliseconds, waitsForFeed: false)
                .removal(of: .readings, after: 0)
        }
        let rest = try await other.writeWithoutTransaction { db in
            var next = plan
            _ = try next.proceed(rows: 1, db) { 0 }
            return next
        }
        #expect(rest.removed == 0 && !rest.isDone)
        try other.close()
        #expect(try mark("readings_from_ms") == UnixTime.at(90 * Self.day).milliseconds)
        #expect(try read(Int.self, "SELECT count(*) FROM readings") == [101])
    }

    @Test(arguments: [
        // The late reading of day 5 is in no rollup yet: its bucket must not freeze.
        ("rolled_through", 100, 6, 5 * day + 1), ("rolled_through", 0, 0, 0),
        // What the next start reads.
        ("replay_from", 51, 50, 90 * day), ("replay_from", 0, 0, 0),
        // What is in no sensor's history yet.
        ("history_through", 50, 50, 90 * day),
    ])
    func readingsThatAreNeededStay(_ name: String, _ value: Int64, _ count: Int, _ from: Int64) async throws {
        try await storeReadings()
        try change("UPDATE marks SET value = \(value) WHERE name = '\(name)'")
        #expect(try remove(.readings, before: 90) == count)
        #expect(try mark("readings_from_ms") == (count == 0 ? 0 : UnixTime.at(from).milliseconds))
    }

    @Test func whatTheOtherStoreLacksStays() async throws {
        try await storeReadings()
        try change("UPDATE marks SET value = 40 WHERE name = 'fed_through'; INSERT INTO changed_readings VALUES (7)")
        #expect(try remove(.readings, before: 90, feeds: true) == 39)
        #expect(try read(Int64.self, "SELECT min(sequence) FROM readings") == [7])
        // Without another store nothing waits for it.
        #expect(try remove(.readings, before: 90) == 52)
    }

    /// Ten days with a heartbeat, an approval, a site's fact and a snapshot each.
    private func storeFacts(withSnapshots: Bool = true) async throws {
        try await folder.withJournal { journal in
            for day in 0..<10 {
                let time = Int64(day) * Self.day
                let facts: [Fact] = [
                    .happened(.cameOnline, at: time), .happened(.approved(by: "user:mara"), at: time),
                    .site(.runStarted(number: day), at: time),
                ]
                let snapshots = withSnapshots ? [DeviceSnapshot.example(revision: UInt64(day))] : []
                var batch = Batch(from: UInt64(3 * day + 1), facts, snapshots: snapshots)
                if day == 0 {
                    batch.commands = [.example("c-1", state: .confirmed), .example("c-2", state: .sent)]
                }
                try await journal.commit(batch)
            }
        }
        try change("UPDATE marks SET value = 31 WHERE name = 'replay_from'")
    }

    @Test func eventsGoAndTheChainIsWhole() async throws {
        try await storeFacts()
        #expect(try remove(.events, before: 6, rows: 2) == 6)
        let kinds = try read(String.self, "SELECT DISTINCT kind FROM facts WHERE sequence <= 18 ORDER BY kind")
        #expect(kinds == ["device.approved", "site.run_started"])
        let report = try report()
        #expect(report.isIntact && report.chain.records == 20)
    }

    /// What is young today is old tomorrow, and the part remembers from one sweep to the next where it was.
    @Test func theNextSweepBeginsWithWhatWasTooYoung() async throws {
        try await storeFacts()
        let other = try DatabaseQueue(path: folder.file)
        let ends = try await other.read { db in
            try [(2, 0), (6, 4)].map { (day: Int64, position: Int64) in
                let cutoff = UnixTime.at(day * Self.day).milliseconds
                return try RemovalPlan(db: db, cutoff: cutoff, waitsForFeed: false)
                    .removal(of: .events, after: position).position
            }
        }
        #expect(ends == [4, 16])
    }

    /// The instants after the cutoff are rebuilt from the newest snapshot before it.
    @Test func snapshotsOfThePastGoWithTheEventsButForTheNewest() async throws {
        try await storeFacts()
        #expect(try remove(.events, before: 6, rows: 2) == 6)
        #expect(try read(Int64.self, "SELECT min(last_sequence) FROM past_snapshots") == [18])
        let from = try read(Int64.self, "SELECT value FROM marks WHERE name = 'past_from_ms'")
        #expect(from == [UnixTime.at(6 * Self.day).milliseconds])
    }

    @Test func eventsStayThatNoSnapshotOfThePastHolds() async throws {
        try await storeFacts(withSnapshots: false)
        #expect(try remove(.events, before: 6) == 0)
    }

    @Test func eventsThatTheNextStartReadsStay() async throws {
        try await storeFacts()
        try change("UPDATE marks SET value = 4 WHERE name = 'replay_from'")
        #expect(try remove(.events, before: 6) == 1)
    }

    @Test(arguments: [1, 3, 1_000]) func safetyRecordsGoFromTheBeginningAndTheRestIsProved(_ rows: Int) async throws {
        try await storeFacts()
        #expect(try remove(.safety, before: 4, rows: rows) == 8)
        let report = try report()
        #expect(report.isIntact, "\(report.damages)")
        #expect(report.chain.records == 12 && report.chain.removed == 8)
        // What every start needs is there, proved or not.
        #expect(try read(Int.self, "SELECT count(*) FROM facts WHERE device IS NULL") == [10])
        #expect(try read(Int64.self, "SELECT min(sequence) FROM facts WHERE kind = 'device.approved'") == [14])
        // And the chain goes on.
        try await folder.withJournal { try await $0.commit(Batch(from: 31, [.happened(.approved(by: "user:eve"))])) }
        #expect(try self.report().isIntact)
    }

    @Test func aRecordWhoseFactIsGoneIsNoneThatRetentionRemoves() async throws {
        try await storeFacts()
        try change("DELETE FROM facts WHERE sequence = 5")
        #expect(try remove(.safety, before: 9) == 2)
        #expect(try report().damages.map(\.record) == ["sequence=5"])
    }

    @Test func commandsThatHaveEndedGo() async throws {
        try await storeFacts()
        #expect(try remove(.commands, before: 1) == 1)
        #expect(try read(String.self, "SELECT id FROM commands") == ["c-2"])
    }

    @Test func rollupsGoOnceTheirSpanIsOver() async throws {
        try await storeReadings()
        let start = UnixTime.at(0).milliseconds
        try change(
            (0..<10).map { (day: Int64) in
                """
                INSERT INTO rollups VALUES (0, 1, \(start + day * Self.day), 'pH', 1, 1, 0, 1, 1, 1, 1, 1, 1);
                INSERT INTO rollups VALUES (2, 1, \(start + day * Self.day), 'pH', 1, 1, 0, 1, 1, 1, 1, 1, 1);
                """
            }.joined())
        // A day is over 25 hours after it began, at the latest.
        #expect(try remove(.rollups, before: 5) == 5 + 4)
        #expect(try mark("rollups_from_ms") == UnixTime.at(5 * Self.day).milliseconds)
        try change("INSERT INTO stale_rollups VALUES (1, 1, \(start + 6 * Self.day), 1)")
        #expect(try remove(.rollups, before: 9) == 2)
        #expect(try mark("rollups_from_ms") == UnixTime.at(6 * Self.day).milliseconds)
    }

    private func part(_ loop: ClockedLoop, _ journal: SQLiteJournal) -> Retention {
        var rules = RetentionRules()
        rules.readingsDays = 10
        let retention = Retention(of: journal, on: loop, rules: rules, logger: Logger(label: "test"))
        loop.run { retention.start { _ in } }
        return retention
    }

    private func removed(_ retention: Retention, _ loop: ClockedLoop) -> Double? {
        loop.run { retention.measurements() }.first { $0.labels.first?.value == "readings" }?.value
    }

    @Test func thePartSweepsBySlicesAndCommitsGoOn() async throws {
        try await storeReadings()
        let loop = ClockedLoop(at: .at(0))
        loop.advance(100 * Self.day)
        let journal = try SQLiteJournal(directory: folder.path, loop: loop)
        let retention = part(loop, journal)
        loop.advance(Retention.firstSweepMilliseconds)
        var round: UInt64 = 0
        let isSwept = try await happens(within: .seconds(60)) {
            round += 1
            let batch = Batch(from: 200 + round, [.happened(.cameOnline)])
            _ = try await withCheckedContinuation { continuation in
                journal.commit(batch) { continuation.resume(returning: $0) }
            }.get()
            loop.advance(Retention.pauseMilliseconds)
            return removed(retention, loop) == 92
        }
        #expect(isSwept, "removed \(removed(retention, loop) ?? -1)")
        #expect(loop.run { retention.vitals() }.condition == .ok)
        loop.run { retention.stop {} }
        await journal.close()
        #expect(try report().isIntact)
    }

    @Test func aClockThatJumpsMakesNothingOld() async throws {
        try await storeReadings()
        let loop = ClockedLoop(at: .at(0))
        let journal = try SQLiteJournal(directory: folder.path, loop: loop)
        let retention = part(loop, journal)
        loop.advance(Retention.firstSweepMilliseconds, jump: 100 * Self.day)
        let condition = loop.run { retention.vitals() }.condition
        #expect(condition.reason?.contains("the clock jumped by 8640000 s") == true, "\(condition)")
        for _ in 0..<22 { loop.advance(Retention.sweepMilliseconds) }
        #expect(removed(retention, loop) == 0)
        #expect(loop.run { retention.vitals() }.condition == condition)
        loop.advance(3 * Retention.sweepMilliseconds)
        await eventually("the sweep removes 93 readings", within: .seconds(60)) {
            loop.advance(Retention.pauseMilliseconds)
            return removed(retention, loop) == 93
        }
        await journal.close()
    }

    @Test func aSliceIsAsLongAsItMayBe() {
        var pace = RemovalPace()
        for _ in 0..<9 { pace.note(nanoseconds: 100_000) }
        #expect(pace.rows == RemovalPace.mostRows)
        pace.note(nanoseconds: 2_000_000)
        #expect(pace.rows == RemovalPace.mostRows)
        pace.note(nanoseconds: 4_000_000)
        #expect(pace.rows == RemovalPace.mostRows / 2)
        for _ in 0..<9 { pace.note(nanoseconds: 9_000_000) }
        #expect(pace.rows == RemovalPace.leastRows)
    }
}
