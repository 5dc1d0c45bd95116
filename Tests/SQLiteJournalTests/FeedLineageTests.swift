import GRDB
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

/// What a journal does when it, or the store that it feeds, was put back to an older state.
@Suite struct FeedLineageTests {
    let folder = JournalFolder()

    private var fed: JournalOptions {
        var options = JournalOptions()
        options.isFed = true
        return options
    }

    private let facts: [Fact] = [
        .happened(.discovered(.god, approved: true)), .sampled(.at(10)), .sampled(.at(30)),
        .sampled(.at(20), by: .probe), .happened(.cameOnline), .happened(.approved(by: "mara")), .sampled(.at(40)),
    ]

    @Test func itKnowsHowFarItReachesWhateverWasRemoved() async throws {
        try await folder.withJournal(fed) { journal in
            try await journal.commit(Batch(from: 1, facts, snapshots: [.example(revision: 1)]))
            let reach = try await journal.reach()
            #expect(reach.last.sequence == 7 && reach.noted == FeedCheckpoint() && reach.lost == 0)
            try await journal.noteFed(through: reach.last)
        }
        try folder.write { db in
            for table in ["facts", "readings", "snapshots", "past_snapshots"] {
                try db.execute(sql: "DELETE FROM \(table)")
            }
        }
        try await folder.withJournal(fed) { journal in
            let reach = try await journal.reach()
            #expect(reach.last == reach.noted && reach.last.sequence == 7 && reach.last.change > 0)
            // No number is given twice.
            #expect(try journal.recover().lastSequence == 7)
        }
    }

    @Test func itGoesOnUnderANewName() async throws {
        let before = try await folder.withJournal { journal in
            let origin = try await journal.origin()
            try await journal.branchOff(behind: FeedCheckpoint(sequence: 5))
            return origin.journal
        }
        let origin = try await folder.withJournal { try await $0.origin() }
        #expect(origin.journal != before && origin.journal.count == 32)
        #expect(origin.former == before && origin.shared == FeedCheckpoint(sequence: 5))
    }

    @Test func whatTheOtherStoreLostIsFedAgainAndCountsForNoBudget() async throws {
        try await folder.withJournal(fed) { journal in
            try await journal.commit(Batch(from: 1, facts))
            try await journal.noteFed(through: FeedCheckpoint(sequence: 7, change: 3))
        }
        try folder.write { db in
            try db.execute(sql: "DELETE FROM readings WHERE sequence = 4; DELETE FROM facts WHERE sequence = 5")
            try db.execute(sql: "INSERT INTO original_readings (sequence, quality) VALUES (2, 1), (3, 1), (7, 1)")
        }
        try await folder.withJournal(fed) { journal in
            #expect(try await journal.feedAgain(behind: FeedCheckpoint(sequence: 3, change: 1)) == 2)
            let reach = try await journal.reach()
            #expect(reach.noted == FeedCheckpoint(sequence: 3, change: 1) && reach.lost == 2)
            // The last one comes as it is now with the rows.
            #expect(reach.corrections == 2)
            #expect(try await journal.read { try WaitingReader.waiting($0) }.rows == 0)
            #expect(try await journal.feedAgain(behind: FeedCheckpoint(sequence: 3, change: 1)) == 0)
            #expect(try await journal.reach().lost == 2)
        }
    }
}
