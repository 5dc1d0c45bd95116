import GRDB
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

/// What waits for another store, and what is dropped of it.
@Suite struct WaitingTests {
    let folder = JournalFolder()

    private var fed: JournalOptions {
        var options = JournalOptions()
        options.isFed = true
        return options
    }

    /// Readings of eight sensors, a second apart, with a fact before each hundred.
    private func store(_ count: Int, from first: UInt64 = 1, in journal: SQLiteJournal) async throws {
        var next = first
        while next < first + UInt64(count) {
            let facts = (next..<min(next + 1_000, first + UInt64(count))).map { Self.fact($0) }
            try await journal.commit(Batch(from: next, facts))
            next += UInt64(facts.count)
        }
    }

    private static func fact(_ number: UInt64) -> Fact {
        let time = Int64(number) * 1_000
        guard number % 100 != 1 else { return .happened(.cameOnline, at: time) }
        let sample = Sample.at(time, digest: number &* 0x9E37_79B9_7F4A_7C15)
        return .sampled(sample, by: .ph, of: .number(Int(number % 8)))
    }

    /// Says that rollups, paths and recovery are done with everything up to a sequence number.
    private func settle(_ journal: SQLiteJournal, through sequence: Int64) async throws {
        try await journal.writeBetweenCommits("settle") { db in
            let rows = "SELECT sensor_id, event_ms, sequence FROM readings WHERE sequence <= \(sequence)"
            try db.execute(sql: "INSERT INTO history \(rows) ON CONFLICT DO NOTHING")
            try Schema.set(Schema.Mark.historyThrough, to: sequence, db)
            try Schema.set(Schema.Mark.rolledThrough, to: sequence, db)
            try Schema.set(Schema.Mark.replayFrom, to: sequence + 1, db)
        }
    }

    private func count(_ table: String, _ journal: SQLiteJournal) async throws -> Int {
        try await journal.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? -1 }
    }

    @Test func nothingWaitsWithoutAFeed() async throws {
        try await folder.withJournal { journal in
            try await store(50, in: journal)
            #expect(try await journal.waiting() == WaitingRows(rows: 0, bytes: 0, oldest: nil, dropped: 0))
            #expect(try await journal.dropOldest(10) == 0)
        }
    }

    @Test func whatIsOlderThanTheFeedDoesNotWaitForIt() async throws {
        try await folder.withJournal { try await store(50, in: $0) }
        try await folder.withJournal(fed) { journal in
            #expect(try await journal.waiting().rows == 0)
            try await store(20, from: 51, in: journal)
            #expect(try await journal.waiting().rows == 20)
            #expect(try await journal.waiting().oldest == .at(51_025))
            try await journal.noteFed(through: FeedCheckpoint(sequence: 60))
            #expect(try await journal.waiting().rows == 10)
        }
        // A restart does not move the mark; a run without a feed ends the waiting.
        let kept = try await folder.withJournal(fed) { try await $0.waiting().rows }
        #expect(kept == 10)
        try await folder.withJournal { try await store(30, from: 71, in: $0) }
        let anew = try await folder.withJournal(fed) { try await $0.waiting().rows }
        #expect(anew == 0)
    }

    @Test func theEstimateIsThatOfTheFilesPages() async throws {
        try await folder.withJournal(fed) { journal in
            let before = try await usedBytes(journal)
            try await store(60_000, in: journal)
            try await settle(journal, through: 60_000)
            let real = Double(try await usedBytes(journal) - before)
            let estimated = Double(try await journal.waiting().bytes)
            print("60,000 rows: estimated \(Int(estimated)), in the file \(Int(real)) bytes")
            #expect(estimated > real * 0.75 && estimated < real * 1.35)
        }
    }

    private func usedBytes(_ journal: SQLiteJournal) async throws -> Int {
        try await journal.read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT (page_count - freelist_count) * page_size
                    FROM pragma_page_count, pragma_freelist_count, pragma_page_size
                    """) ?? 0
        }
    }

    @Test func theOldestReadingsGoWithAllThatLeadsToThemAndNothingElseDoes() async throws {
        try await folder.withJournal(fed) { journal in
            var batch = Batch(from: 1, [], snapshots: [.example()])
            batch.commands = [.example("c1")]
            try await journal.commit(batch)
            try await store(30_000, in: journal)
            try await settle(journal, through: 30_000)
            let facts = try await count("facts", journal)
            #expect(try await journal.dropOldest(5_000) == 5_000)
            // Every hundredth is a fact, and stays.
            let left = try await journal.read { try Int.fetchOne($0, sql: "SELECT min(sequence) FROM readings") ?? 0 }
            #expect(left == 5_052)
            #expect(try await count("readings", journal) == 29_700 - 5_000)
            #expect(try await count("history", journal) == 29_700 - 5_000)
            #expect(try await count("facts", journal) == facts)
            #expect(try await count("commands", journal) == 1)
            #expect(try await count("snapshots", journal) == 1)
            #expect(try await journal.waiting().rows == 30_000 - 5_051)
            #expect(try await journal.waiting().dropped == 5_000)
            // The minutes of what went stay as they were rolled up.
            let from = try await journal.read { try Schema.mark(Schema.Mark.readingsFrom, $0) }
            #expect(from == UnixTime.at(5_051_000).milliseconds + 1)
            // The other store never gets them, so it is not asked for them.
            #expect(try await journal.keptFrom() == nil)
            #expect(try await journal.rows(after: FeedCheckpoint(), limit: 100).readings.first?.sequence == 5_052)
        }
        // The count survives a restart, and goes on.
        try await folder.withJournal(fed) { journal in
            let one = try await journal.dropOldest(1)
            let dropped = try await journal.waiting().dropped
            #expect(one == 1 && dropped == 5_001)
        }
    }

    @Test(arguments: [Schema.Mark.historyThrough, Schema.Mark.rolledThrough, Schema.Mark.replayFrom])
    func whatIsStillNeededStays(mark: String) async throws {
        try await folder.withJournal(fed) { journal in
            try await store(20_000, in: journal)
            try await settle(journal, through: 20_000)
            try await journal.writeBetweenCommits("set a mark") { try Schema.set(mark, to: 1_011, $0) }
            let last = mark == Schema.Mark.replayFrom ? 1_010 : 1_011
            let readings = (1...last).count { $0 % 100 != 1 }
            #expect(try await journal.dropOldest(3_000) == readings)
            #expect(try await journal.dropOldest(3_000) == 0)
        }
    }

    @Test func whatTheBrokerMayDeliverAgainStays() async throws {
        try await folder.withJournal(fed) { journal in
            try await store(17_000, in: journal)
            try await settle(journal, through: 17_000)
            #expect(try await journal.dropOldest(3_000) == 17_000 - 170 - Recovery.recentDigestLimit)
        }
    }

    @Test func nothingGoesFromTheFirstMinuteOnThatIsToBeMadeAnew() async throws {
        try await folder.withJournal(fed) { journal in
            try await store(20_000, in: journal)
            try await settle(journal, through: 20_000)
            let minute = UnixTime.at(480_000).milliseconds
            try await journal.writeBetweenCommits("mark") { db in
                try RollupRow.mark(.minute, 1, UnixTime(milliseconds: minute), db)
            }
            // A second a number: those before 480 go, but for the five facts among them.
            #expect(try await journal.dropOldest(3_000) == 474)
            #expect(try await journal.waiting().rows == 20_000 - 479)
        }
    }

    @Test func aClockThatIsYearsAheadDoesNotCloseTheMinutesUntilThen() async throws {
        try await folder.withJournal(fed) { journal in
            let ahead = Sample(
                raw: 1, value: 1, unit: "pH", quality: .good, eventTime: .at(100_000_000_000), receiptTime: .at(1_025),
                claimedTime: .at(100_000_000_000), digest: 1, isTimely: true)
            try await journal.commit(Batch(from: 1, [.sampled(ahead)]))
            try await store(20_000, from: 2, in: journal)
            try await settle(journal, through: 20_000)
            #expect(try await journal.dropOldest(1) == 1)
            let from = try await journal.read { try Schema.mark(Schema.Mark.readingsFrom, $0) }
            #expect(from == UnixTime.at(2_000).milliseconds + 1)
            let left = try await journal.read {
                try Int.fetchAll($0, sql: "SELECT sequence FROM readings ORDER BY sequence LIMIT 2")
            }
            #expect(left == [1, 3])
        }
    }

    @Test func commitsComeBetweenTheSlices() async throws {
        try await folder.withJournal(fed) { journal in
            try await store(40_000, in: journal)
            try await settle(journal, through: 40_000)
            async let dropped = journal.dropOldest(20_000)
            var next: UInt64 = 40_001
            while try await journal.waiting().dropped < 10_000 {
                try await journal.commit(Batch(from: next, [.sampled(.at(Int64(next) * 1_000, digest: next))]))
                next += 1
            }
            let between = next
            let all = try await dropped
            #expect(all == 20_000)
            #expect(between > 40_003)
            #expect(try await journal.rows(after: FeedCheckpoint(sequence: next - 2), limit: 5).readings.count == 1)
        }
    }

    @Test func recoveryIsTheSameWithAndWithoutWhatWasDropped() async throws {
        try await folder.withJournal(fed) { journal in
            _ = try journal.recover()
            try await store(20_000, in: journal)
            var batch = Batch(from: 20_001, [.happened(.cameOnline, to: .number(1))])
            batch.snapshots = (0..<8).map { .example(.number($0)) } + [.example(.alpha)]
            try await journal.commit(batch)
            try await store(500, from: 20_002, in: journal)
            try await journal.writeBetweenCommits("settle") { db in
                try Schema.set(Schema.Mark.historyThrough, to: 20_501, db)
                try Schema.set(Schema.Mark.rolledThrough, to: 20_501, db)
            }
        }
        let before = try await folder.withJournal(fed) { try $0.recover() }
        let dropped = try await folder.withJournal(fed) { try await $0.dropOldest(10_000) }
        #expect(dropped > 3_000)
        let after = try await folder.withJournal(fed) { try $0.recover() }
        #expect(before.facts.map(\.sequence) == after.facts.map(\.sequence))
        #expect(before.recentDigests == after.recentDigests && before.lastSequence == after.lastSequence)
        #expect(before.snapshots.map(\.snapshot) == after.snapshots.map(\.snapshot))
    }
}

extension SQLiteJournal {
    fileprivate func waiting() async throws -> WaitingRows {
        try await withCheckedContinuation { continuation in
            measureWaiting { result in
                precondition(QueueLoop.isCurrent, "a completion came on another thread than the loop's")
                continuation.resume(returning: result)
            }
        }.get()
    }

    func dropOldest(_ count: Int) async throws -> Int {
        try await withCheckedContinuation { continuation in
            dropOldestWaiting(count) { continuation.resume(returning: $0) }
        }.get()
    }
}
