import Foundation
import GRDB
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct FailureTests {
    let folder = JournalFolder()

    @Test func aFullDiskStoresNothingOfTheBatchAndTheSameBatchSucceedsLater() async throws {
        let small = Batch(from: 1, [.happened(.cameOnline)])
        var large = Batch(from: 2, (0..<5_000).map { .sampled(.at(Int64($0)), by: .probe) })
        large.deadLetters = [.number(1)]
        large.commands = [.example("c-1")]
        large.snapshots = [.example()]
        try await folder.withJournal { journal in
            try await journal.commit(small)
            try journal.limitPages(60)
            for _ in 1...2 {
                let failure = await #expect(throws: JournalFailure.self) { try await journal.commit(large) }
                #expect(failure?.description.contains("the disk is full") == true)
                #expect(try await journal.plainSamples(probe).isEmpty)
                #expect(try await journal.deadLetters(limit: 9).items.isEmpty)
                #expect(try await journal.command(CommandID("c-1")) == nil)
                let recovery = try journal.recover()
                #expect(recovery.lastSequence == 1 && recovery.snapshots.isEmpty)
            }
            try journal.limitPages(nil)
            let receipt = try await journal.commit(large)
            #expect(receipt == CommitReceipt(storedSamples: 5_000, duplicateSamples: 0))
        }
        try await folder.withJournal { journal in
            let recovery = try journal.recover()
            #expect(recovery.lastSequence == 5_001)
            #expect(try await journal.plainSamples(probe).count == 5_000)
            #expect(try await journal.deadLetters(limit: 9).items == [.number(1)])
        }
    }

    /// The sensor's row is rolled back with the batch, so the next batch has to make it again.
    @Test func aSensorOfAFailedBatchIsMadeByTheNextOne() async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, [.sampled(.at(1))]))
            await #expect(throws: JournalFailure.self) {
                try await journal.commit(Batch(from: 1, [.sampled(.at(2), by: .probe), .sampled(.at(3))]))
            }
            try await journal.commit(Batch(from: 2, [.sampled(.at(3), by: .humidity), .sampled(.at(4), by: .probe)]))
            #expect(try await journal.plainSamples(probe) == [.at(4)])
        }
        let recovery = try await folder.withJournal { try $0.recover() }
        #expect(
            recovery.facts.map(\.fact) == [
                .sampled(.at(1)), .sampled(.at(3), by: .humidity), .sampled(.at(4), by: .probe),
            ])
    }

    @Test func aSequenceNumberThatIsTakenIsRefused() async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, [.happened(.cameOnline)]))
            let failure = await #expect(throws: JournalFailure.self) {
                try await journal.commit(Batch(from: 1, [.happened(.willErased)]))
            }
            #expect(failure?.description.contains("contradicts what is stored") == true)
            #expect(try journal.recover().facts.map(\.fact) == [.happened(.cameOnline)])
        }
    }

    @Test(arguments: [
        (ResultCode.SQLITE_FULL, "the disk is full"), (.SQLITE_IOERR_FSYNC, "the disk reports an error"),
        (.SQLITE_IOERR_SHMSIZE, "the disk is full"),
        (.SQLITE_READONLY_DIRECTORY, "read-only"), (.SQLITE_CANTOPEN, "cannot be opened"),
        (.SQLITE_CORRUPT, "restore a backup"), (.SQLITE_BUSY, "another program holds the file"),
    ])
    func aFailureSaysWhatHappenedWhatIsSafeAndWhatToDo(_ code: ResultCode, _ text: String) {
        let failure = JournalFailure(DatabaseError(resultCode: code, message: "m"), while: "store facts in", "a.sqlite")
        #expect(failure.description.hasPrefix("cannot store facts in a.sqlite: "))
        #expect(failure.description.contains(text))
        #expect(failure.description.hasSuffix("(SQLite \(code.rawValue): m)"))
    }

    /// SQLite calls all of these an I/O error.
    @Test(arguments: [
        (ENOSPC, "the disk is full", "No space left on device"), (EDQUOT, "the disk is full", "Disk quota exceeded"),
        (EROFS, "its file system is read-only", "Read-only file system"),
        (EIO, "the disk reports an error", "Input/output error"),
    ])
    func whatTheSystemSaysOfAnErrorOfTheFileDecidesWhatToDo(_ number: Int32, _ text: String, _ reason: String) {
        let error = DatabaseError(resultCode: .SQLITE_IOERR_WRITE, message: "m")
        let fault = FileFault(error: error, systemError: number)
        let failure = JournalFailure(fault, while: "store facts in", "a.sqlite")
        #expect(failure.description.contains(text))
        #expect(failure.description.hasSuffix("(SQLite 778: m; the system says: \(reason))"))
    }

    private let probe = SampleQuery(
        device: .alpha, gpio: SensorKey.probe.gpio, type: nil, from: nil, to: nil, limit: 10_000)
}
