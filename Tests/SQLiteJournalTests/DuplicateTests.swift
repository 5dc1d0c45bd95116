import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct DuplicateTests {
    let folder = JournalFolder()

    @Test func aRedeliveredSampleChangesNothingAndIsCounted() async throws {
        let first = Sample.at(1, raw: 1, digest: 7)
        var again = first
        again.receiptTime = .at(5_000)
        try await folder.withJournal { journal in
            let receipt = try await journal.commit(Batch(from: 1, [.sampled(first)]))
            #expect(receipt == CommitReceipt(storedSamples: 1, duplicateSamples: 0))
            let batch = Batch(from: 2, [.sampled(again), .sampled(.at(2)), .sampled(again)])
            let second = try await journal.commit(batch)
            #expect(second == CommitReceipt(storedSamples: 1, duplicateSamples: 2))
        }
        let recovery = try await folder.withJournal { try $0.recover() }
        #expect(recovery.facts.map(\.sequence) == [1, 3])
        #expect(recovery.facts.map(\.fact) == [.sampled(first), .sampled(.at(2))])
        #expect(recovery.lastSequence == 3)
    }

    @Test func whatDiffersInSensorTimeOrDigestIsAnotherSample() async throws {
        try await folder.withJournal { journal in
            let facts: [Fact] = [
                .sampled(.at(1, digest: 7)), .sampled(.at(1, digest: 8)), .sampled(.at(2, digest: 7)),
                .sampled(.at(1, digest: 7), by: .humidity), .sampled(.at(1, digest: 7), of: .beta),
            ]
            let receipt = try await journal.commit(Batch(from: 1, facts))
            #expect(receipt == CommitReceipt(storedSamples: 5, duplicateSamples: 0))
        }
    }

    @Test func aRedeliveryAfterARestartIsStillKnown() async throws {
        try await folder.withJournal { try await $0.commit(Batch(from: 1, [.sampled(.at(1))])) }
        try await folder.withJournal { journal in
            let receipt = try await journal.commit(Batch(from: 2, [.sampled(.at(1))]))
            #expect(receipt == CommitReceipt(storedSamples: 0, duplicateSamples: 1))
        }
    }
}
