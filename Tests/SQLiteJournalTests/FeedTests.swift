import GRDB
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

/// What another store is fed from.
@Suite struct FeedTests {
    let folder = JournalFolder()

    /// Everything from a checkpoint on, in batches of at most `limit`.
    private func feed(
        _ journal: SQLiteJournal, after start: FeedCheckpoint = FeedCheckpoint(), limit: Int
    ) async throws -> [FeedBatch] {
        var batches: [FeedBatch] = []
        var checkpoint = start
        while true {
            let batch = try await journal.rows(after: checkpoint, limit: limit)
            guard !batch.isEmpty else { return batches }
            checkpoint = batch.through
            batches.append(batch)
        }
    }

    private let facts: [Fact] = [
        .happened(.discovered(.god, approved: true)), .sampled(.at(10)), .sampled(.at(30)),
        .sampled(.at(20), by: .probe), .happened(.cameOnline), .happened(.approved(by: "mara")), .sampled(.at(40)),
    ]

    @Test(arguments: [1, 2, 3, 100]) func everyRowComesOnceAndInOrder(_ limit: Int) async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, Array(facts[..<4])))
            try await journal.commit(Batch(from: 5, Array(facts[4...])))
            let batches = try await feed(journal, limit: limit)
            #expect(batches.flatMap { $0.readings }.map(\.sequence) == [2, 3, 4, 7])
            #expect(batches.flatMap { $0.readings }.map(\.sample) == [10, 30, 20, 40].map { .at($0) })
            #expect(batches.flatMap { $0.facts }.map(\.sequence) == [1, 5, 6])
            #expect(batches.flatMap { $0.facts }.map(\.fact) == [facts[0], facts[4], facts[5]])
            for batch in batches {
                #expect(batch.readings.count <= limit && batch.facts.count <= limit)
                #expect(Set(batch.sensors.map(\.number)) == Set(batch.readings.map(\.sensor)))
            }
            #expect(batches.last?.through.sequence == 7)
        }
    }

    @Test(arguments: [1, 3, 100]) func aRowThatCannotBeReadHoldsUpOnlyWhatLiesBehindIt(_ limit: Int) async throws {
        try await folder.withJournal { try await $0.commit(Batch(from: 1, facts)) }
        try folder.write { try $0.execute(sql: "UPDATE facts SET body = '{' WHERE sequence = 6") }
        try await folder.withJournal { journal in
            var checkpoint = FeedCheckpoint()
            var rows = 0
            let failure = await #expect(throws: JournalFailure.self) {
                while true {
                    let batch = try await journal.rows(after: checkpoint, limit: limit)
                    (checkpoint, rows) = (batch.through, rows + batch.rowCount)
                }
            }
            #expect(checkpoint.sequence == 5 && rows == 5)
            #expect(failure?.description.contains("sequence=6 of facts") == true)
        }
    }

    @Test func theBacklogIsWhatWaitsAndSinceWhen() async throws {
        try await folder.withJournal { journal in
            #expect(try await journal.backlog(after: FeedCheckpoint()) == FeedBacklog(rows: 0, oldest: nil))
            try await journal.commit(Batch(from: 1, facts))
            #expect(try await journal.backlog(after: FeedCheckpoint()) == FeedBacklog(rows: 7, oldest: .at(0)))
            #expect(
                try await journal.backlog(after: FeedCheckpoint(sequence: 6)) == FeedBacklog(rows: 1, oldest: .at(65)))
            #expect(
                try await journal.backlog(after: FeedCheckpoint(sequence: 7)) == FeedBacklog(rows: 0, oldest: nil))
        }
    }

    @Test func recordsComeAsTheyStandNowWheneverTheyChanged() async throws {
        try await folder.withJournal { journal in
            var batch = Batch(from: 1, [facts[0]], snapshots: [.example(revision: 1)])
            batch.commands = [.example("c1"), .example("c2")]
            try await journal.commit(batch)
            let first = try await journal.rows(after: FeedCheckpoint(), limit: 100)
            #expect(first.commands.map(\.order.id) == [CommandID("c1"), CommandID("c2")])
            #expect(first.twins.map(\.snapshot.revision) == [1])

            // A snapshot may be written although nothing else happened.
            batch = Batch(from: 2, snapshots: [.example(revision: 2)])
            batch.commands = [.example("c1", state: .confirmed)]
            try await journal.commit(batch)
            let second = try await journal.rows(after: first.through, limit: 100)
            #expect(second.commands.map(\.state) == [.confirmed] && second.twins.map(\.snapshot.revision) == [2])
            #expect(try await journal.rows(after: second.through, limit: 100).isEmpty)
        }
        // Numbers of changes go on after a restart.
        try await folder.withJournal { journal in
            let before = try await feed(journal, limit: 1)
            #expect(before.count == 4)
            try await journal.commit(Batch(from: 3, snapshots: [.example(revision: 3)]))
            let after = try await journal.rows(after: before[3].through, limit: 100)
            #expect(after.twins.map(\.snapshot.revision) == [3])
        }
    }

    @Test func aJournalHasOneNameForEver() async throws {
        let names = [
            try await folder.withJournal { try await $0.origin().journal },
            try await folder.withJournal { try await $0.origin().journal },
            try await JournalFolder().withJournal { try await $0.origin().journal },
        ]
        #expect(names[0].count == 32 && names[0] == names[1] && names[0] != names[2])
    }

    @Test func whatWasFedIsRemembered() async throws {
        try await folder.withJournal { try await $0.noteFed(through: FeedCheckpoint(sequence: 5, change: 3)) }
        let mark = try await folder.withJournal { try await $0.read { try Schema.mark(Schema.Mark.fedThrough, $0) } }
        #expect(mark == 5)
    }
}
