import Foundation
import GRDB
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct OpeningTests {
    let folder = JournalFolder()

    @Test func aSecondDoppelOnTheSameFolderIsRefusedAndTheFirstGoesOn() async throws {
        try await folder.withJournal { journal in
            let failure = #expect(throws: JournalFailure.self) { try folder.open() }
            let text = failure?.description ?? ""
            #expect(text.hasPrefix("another doppel (process \(getpid())) is using \(folder.path)"), "\(text)")
            try await journal.commit(Batch(from: 1, [.happened(.cameOnline)]))
        }
        let last = try await folder.withJournal { try $0.recover().lastSequence }
        #expect(last == 1)
    }

    @Test func theFolderIsFreeWhenItsOwnerIsGoneThoughAChildStillHasTheDescriptor() throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        var lock: DirectoryLock? = try DirectoryLock(directory: folder.path)
        #expect(throws: JournalFailure.self) { try DirectoryLock(directory: folder.path) }
        // What a child process has between its fork and its exec.
        let held = try openDescriptor(of: folder.path + "/" + DirectoryLock.fileName)
        let copy = dup(try #require(held))
        defer { _ = close(copy) }
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try DirectoryLock(directory: folder.path)
    }

    @Test func whatWasStoredIsThereAfterAnEndWithoutClose() async throws {
        try await commitAndForget()
        let recovery = try await folder.withJournal { try $0.recover() }
        #expect(recovery.facts.map(\.fact) == [.happened(.cameOnline), .sampled(.at(1))])
    }

    private func openDescriptor(of path: String) throws -> Int32? {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").first { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name)) == path
        }.flatMap { Int32($0) }
    }

    private func commitAndForget() async throws {
        let journal = try folder.open()
        try await journal.commit(Batch(from: 1, [.happened(.cameOnline), .sampled(.at(1))]))
    }

    @Test func whatWasStoredIsReadableByAnotherConnectionBeforeTheEnd() async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, [.happened(.cameOnline), .sampled(.at(1))]))
            let other = try DatabaseQueue(path: folder.file)
            #expect(try await other.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM readings") } == 1)
        }
    }

    @Test func closingCopiesTheLogAndRemovesIt() async throws {
        try await folder.withJournal { try await $0.commit(Batch(from: 1, [.happened(.cameOnline)])) }
        let log = folder.file + "-wal"
        let size = try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
        #expect((size ?? 0) == 0)
    }

    @Test func aClosedJournalFailsWithoutHarm() async throws {
        let journal = try folder.open()
        await journal.close()
        await journal.close()
        await #expect(throws: JournalFailure.self) {
            try await journal.commit(Batch(from: 1, [.happened(.cameOnline)]))
        }
        await #expect(throws: JournalFailure.self) { try await journal.deadLetters(limit: 1) }
        #expect(throws: JournalFailure.self) { try journal.recover() }
    }

    @Test func aFileOfANewerDoppelIsRefused() async throws {
        try await folder.withJournal { try await $0.commit(Batch(from: 1, [.happened(.cameOnline)])) }
        let other = try DatabaseQueue(path: folder.file)
        try await other.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999')") }
        try other.close()
        let failure = #expect(throws: JournalFailure.self) { try folder.open() }
        #expect(failure?.description.contains("newer Doppel") == true)
    }

    @Test func snapshotsOfAnOlderShapeAreBuiltAnewFromTheFacts() async throws {
        try await folder.withJournal { _ in }
        let old = try DatabaseQueue(path: folder.file)
        try await old.write { db in
            try db.execute(
                sql: """
                    DELETE FROM grdb_migrations WHERE identifier = '2';
                    ALTER TABLE readings DROP COLUMN reported_quality;
                    ALTER TABLE readings DROP COLUMN model;
                    ALTER TABLE readings DROP COLUMN calibration;
                    ALTER TABLE readings DROP COLUMN companion;
                    INSERT INTO facts (sequence, device, kind, unix_ms, uptime_ms, body)
                        VALUES (1, 'ESP_00000A', 'device.came_online', 1, 1, '{"device":{"_0":{"cameOnline":{}}}}');
                    INSERT INTO snapshots (device, last_sequence, body) VALUES ('ESP_00000A', 1, '{"old":true}');
                    UPDATE marks SET value = 2 WHERE name = 'replay_from';
                    """)
        }
        try old.close()
        let recovery = try await folder.withJournal { try $0.recover() }
        #expect(recovery.snapshots.isEmpty)
        #expect(recovery.facts.map(\.sequence) == [1])
    }

    @Test func aFileThatIsNoDatabaseIsRefusedAndKept() throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let bytes = Data(repeating: 7, count: 10_000)
        #expect(FileManager.default.createFile(atPath: folder.file, contents: bytes))
        let failure = #expect(throws: JournalFailure.self) { try folder.open() }
        #expect(failure?.description.contains("no database of Doppel's") == true)
        #expect(FileManager.default.contents(atPath: folder.file) == bytes)
    }

    @Test func aDataDirectoryThatCannotBeMadeIsSaid() {
        let failure = #expect(throws: JournalFailure.self) {
            try SQLiteJournal(directory: "/dev/null/data", loop: folder.loop)
        }
        #expect(failure?.description.hasPrefix("cannot make the data directory /dev/null/data") == true)
    }

    @Test func everyCommitReachesTheDiskBeforeItIsReported() async throws {
        try await folder.withJournal { journal in
            // 2 is FULL; GRDB leaves a pool at 1, NORMAL.
            let synchronous = try journal.writerSetting("synchronous")
            #expect(synchronous == "2")
            #expect(try journal.writerSetting("journal_mode") == "wal")
        }
    }
}
