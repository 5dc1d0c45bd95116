import GRDB
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct RecoveryTests {
    let folder = JournalFolder()

    @Test func aSnapshotCutsTheReplayOfItsDeviceAlone() async throws {
        let before: [Fact] = [
            .site(.runStarted(number: 1)), .happened(.cameOnline, to: .alpha), .happened(.cameOnline, to: .beta),
            .sampled(.at(1), of: .alpha), .sampled(.at(2), of: .beta),
        ]
        let after: [Fact] = [
            .sampled(.at(3), of: .alpha), .happened(.willErased, to: .beta), .site(.runEnded),
            .happened(.willErased, to: .alpha),
        ]
        try await folder.withJournal { journal in
            _ = try journal.recover()
            try await journal.commit(Batch(from: 1, before, snapshots: [.example(.alpha)]))
            try await journal.commit(Batch(from: 6, after))
        }
        let recovery = try await folder.withJournal { try $0.recover() }
        #expect(recovery.facts.map(\.sequence) == [1, 3, 5, 6, 7, 8, 9])
        #expect(recovery.facts.map(\.fact) == [before[0], before[2], before[4]] + after)
        #expect(recovery.snapshots.map(\.lastSequence) == [5])
        #expect(recovery.lastSequence == 9)
    }

    @Test func aLaterSnapshotReplacesAnEarlierOne() async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, [.happened(.cameOnline)], snapshots: [.example(revision: 1)]))
            try await journal.commit(Batch(from: 2, [.happened(.willErased)], snapshots: [.example(revision: 2)]))
        }
        let recovery = try await folder.withJournal { try $0.recover() }
        #expect(recovery.snapshots.map(\.snapshot.revision) == [2])
        #expect(recovery.snapshots.map(\.lastSequence) == [2])
        #expect(recovery.facts.isEmpty)
    }

    @Test func recoveryBeginsAtTheOldestFactThatIsInNoSnapshot() async throws {
        try await folder.withJournal { journal in
            _ = try journal.recover()
            try await journal.commit(Batch(from: 1, [.site(.runEnded), .happened(.cameOnline, to: .alpha)]))
            try await journal.commit(Batch(from: 3, [.sampled(.at(1), of: .beta)]))
            try await journal.commit(Batch(from: 4, snapshots: [.example(.alpha)]))
            #expect(try replayFrom() == 3)
            try await journal.commit(Batch(from: 4, [.happened(.cameOnline, to: .alpha)], snapshots: [.example(.beta)]))
            #expect(try replayFrom() == 4)
            try await journal.commit(Batch(from: 5, snapshots: [.example(.alpha), .example(.beta)]))
            #expect(try replayFrom() == 5)
        }
        let recovery = try await folder.withJournal { try $0.recover() }
        #expect(recovery.facts.map(\.sequence) == [1])
        #expect(recovery.lastSequence == 4)
    }

    @Test func withoutARecoveryTheMarkStaysWhereItWas() async throws {
        try await folder.withJournal { try await $0.commit(Batch(from: 1, [.happened(.cameOnline, to: .alpha)])) }
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 2, [.happened(.cameOnline, to: .beta)], snapshots: [.example(.beta)]))
        }
        #expect(try replayFrom() == 0)
        let recovery = try await folder.withJournal { try $0.recover() }
        #expect(recovery.facts.map(\.sequence) == [1])
    }

    @Test func theNewestDigestsComeOldestFirst() async throws {
        let count = Recovery.recentDigestLimit + 10
        try await folder.withJournal { journal in
            let facts = (1...count).map { Fact.sampled(.at(Int64($0), digest: UInt64($0))) }
            try await journal.commit(Batch(from: 1, facts))
            let digests = try journal.recover().recentDigests
            #expect(digests == (11...UInt64(count)).map { $0 })
        }
    }

    @Test(arguments: [
        ("UPDATE facts SET body = '{}' WHERE sequence = 9", "row sequence=9 of facts"),
        ("UPDATE facts SET device = 'ESP_x' WHERE sequence = 8", "row sequence=8 of facts"),
        (
            "UPDATE readings SET sensor_id = 99 WHERE sequence = \(EveryEvent.firstReading)",
            "row sequence=\(EveryEvent.firstReading) of readings"
        ),
        (
            "UPDATE readings SET quality = 77 WHERE sequence = \(EveryEvent.firstReading + 1)",
            "row sequence=\(EveryEvent.firstReading + 1) of readings"
        ),
        ("UPDATE snapshots SET body = '{'", "row device=ESP_00000B of snapshots"),
        ("DELETE FROM marks", "row name=replay_from of marks"),
    ])
    func aRowThatCannotBeReadIsNamed(_ change: String, _ row: String) async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, EveryEvent.facts, snapshots: [.example(.beta)]))
            try await DatabaseQueue(path: folder.file).write { try $0.execute(sql: change) }
            let failure = #expect(throws: JournalFailure.self) { try journal.recover() }
            #expect(failure?.description.hasPrefix("\(row) cannot be read") == true, "\(failure?.description ?? "")")
        }
    }

    private func replayFrom() throws -> Int64 {
        let other = try DatabaseQueue(path: folder.file)
        return try other.read { try Schema.mark(Schema.Mark.replayFrom, $0) }
    }
}
