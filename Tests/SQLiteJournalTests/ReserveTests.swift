import Foundation
import GRDB
import Synchronization
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct ReserveTests {
    let folder = JournalFolder()
    private let full = DatabaseError(resultCode: .SQLITE_FULL)
    private var path: String { folder.path + "/" + Reserve.fileName }

    @Test func openingKeepsRoomThatIsReallyTakenAndOthersCannotRead() async throws {
        try await folder.withJournal { journal in
            var status = stat()
            #expect(unsafe stat(path, &status) == 0)
            #expect(status.st_size == 4 * 1024 * 1024)
            #expect(Int(status.st_blocks) * 512 >= Int(status.st_size))
            #expect(status.st_mode & 0o777 == 0o600)
            #expect(journal.reserveShortage() == nil)
        }
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func whereThereIsLittleRoomNothingIsTakenUntilThereIsMore() throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let free = Mutex(Reserve.marginBytes + 4 * 1024 * 1024 - 1)
        var options = JournalOptions()
        options.freeBytes = { _ in free.withLock { $0 } }
        let reserve = Reserve(in: folder.path, options)
        reserve.keepWhole(at: 0)
        #expect(size() == 0)
        #expect(reserve.shortage()?.hasPrefix("the disk is nearly full: 0 of 4096 KiB are kept") == true)
        #expect(reserve.shortage()?.contains("Free 68 MiB") == true)
        free.withLock { $0 += 1 }
        reserve.keepWhole(at: Reserve.lookNanoseconds - 1)
        #expect(size() == 0)
        reserve.keepWhole(at: Reserve.lookNanoseconds)
        #expect(size() == 4 * 1024 * 1024)
        #expect(reserve.shortage() == nil)
    }

    @Test func whatIsMissingIsTakenAgainWithCommits() async throws {
        let free = Mutex(0)
        var options = JournalOptions()
        options.freeBytes = { _ in free.withLock { $0 } }
        let loop = ClockedJournalLoop()
        let journal = try SQLiteJournal(directory: folder.path, loop: loop, options: options)
        #expect(journal.reserveShortage() != nil)
        free.withLock { $0 = .max }
        try await journal.commit(Batch(from: 1, [.happened(.cameOnline)]))
        #expect(size() == 0)
        loop.pass(nanoseconds: Reserve.lookNanoseconds)
        try await journal.commit(Batch(from: 2, [.happened(.willErased)]))
        #expect(size() == 4 * 1024 * 1024)
        #expect(journal.reserveShortage() == nil)
        await journal.close()
    }

    @Test func itIsGivenBackForWantOfRoomAloneAndTakenAgain() throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let reserve = Reserve(in: folder.path, JournalOptions())
        #expect(!reserve.giveBack(becauseOf: full))
        reserve.keepWhole(at: 0)
        #expect(!reserve.giveBack(becauseOf: DatabaseError(resultCode: .SQLITE_CORRUPT)))
        #expect(!reserve.giveBack(becauseOf: DatabaseError(resultCode: .SQLITE_CANTOPEN)))
        let broken = FileFault(error: DatabaseError(resultCode: .SQLITE_IOERR), systemError: EIO)
        #expect(!reserve.giveBack(becauseOf: broken))
        #expect(!reserve.giveBack(becauseOf: JournalFailure("a row cannot be read")))
        #expect(size() == 4 * 1024 * 1024)
        #expect(reserve.giveBack(becauseOf: full))
        #expect(size() == 0)
        // What was given back is not taken while it is needed.
        reserve.keepWhole(at: Reserve.lookNanoseconds)
        #expect(size() == 0)
        reserve.takeBack()
        #expect(size() == 4 * 1024 * 1024)
        let noRoom = FileFault(error: DatabaseError(resultCode: .SQLITE_IOERR), systemError: ENOSPC)
        #expect(reserve.giveBack(becauseOf: noRoom))
    }

    @Test func aFileThatCannotBeWrittenIsSaid() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let reserve = Reserve(in: folder.path, JournalOptions())
        reserve.keepWhole(at: 0)
        #expect(reserve.shortage()?.contains("doppel.reserve cannot be written (Is a directory)") == true)
    }

    /// Where even the reserve is not enough, a stop fails like any batch, and the reserve is there for the next try.
    @Test func aBatchThatFitsNowhereLeavesTheReserveWhole() async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, [.happened(.cameOnline)]))
            try journal.limitPages(1)
            var batch = Batch(from: 2, (0..<5_000).map { .sampled(.at(Int64($0)), by: .probe) })
            batch.holdsStop = true
            let failure = await #expect(throws: JournalFailure.self) { try await journal.commit(batch) }
            #expect(failure?.description.contains("the disk is full") == true)
            #expect(size() == 4 * 1024 * 1024)
        }
    }

    @Test func aBackupIsNotWrittenOverIt() async throws {
        try await folder.withJournal { _ in
            let failure = #expect(throws: JournalFailure.self) {
                try JournalBackup(path).make(
                    of: folder.path, by: "1", at: UnixTime(milliseconds: 0), overwrites: true)
            }
            #expect(failure?.description.contains("Doppel's own doppel.reserve") == true)
        }
    }

    private func size() -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
}

/// A loop whose clock the test moves.
private final class ClockedJournalLoop: Loop {
    private let queue = QueueLoop()
    private let nanoseconds = Mutex<UInt64>(0)

    var moment: Moment { queue.moment }
    var uptimeNanoseconds: UInt64 { nanoseconds.withLock { $0 } }

    func pass(nanoseconds passed: UInt64) { nanoseconds.withLock { $0 += passed } }
    func post(_ job: @escaping @Sendable () -> Void) { queue.post(job) }
    func schedule(at deadline: Uptime, _ job: @escaping @Sendable () -> Void) -> any LoopTimer {
        queue.schedule(at: deadline, job)
    }
    func enqueue(_ job: consuming ExecutorJob) { queue.enqueue(job) }
}
