import Foundation
import GRDB
public import TwinCore
public import TwinRuntime

extension JournalCopy {
    /// Puts the copy in the folder's place for good, stopped: an emergency stop of everything is latched in it.
    ///
    /// It gets a name of its own, and says from which journal it branches off and where: another store that it feeds
    /// goes on from there.
    public func finish(loop: any Loop, stop name: IncidentID, by who: String) async throws -> StoppedStart {
        let path = pool.path
        do {
            let last = try setMarks()
            try pool.close()
            let reason =
                "copied from PostgreSQL, where the journal \(origin.journal) ends with fact \(last): "
                + "check every machine, then clear the stop"
            let start = try await StoppedStart.latch(in: staging, loop: loop, name, because: reason, by: who)
            try Self.rename(path, origin.journal, through: last)
            try RawFile(reading: path).synchronise()
            try Self.putInPlace(directory, at: loop.moment.time)
            release()
            return start
        } catch {
            throw JournalFailure(error, while: "finish the copy", path)
        }
    }

    /// Says where the next start begins to read, and what retention left; returns the last fact.
    private func setMarks() throws -> UInt64 {
        let last = try pool.read { try RecoveryReader.lastSequence($0) }
        try remember { [origin] progress, db in
            try Schema.set(Schema.Mark.replayFrom, to: Int64(progress.replayFrom ?? last + 1), db)
            try Schema.set(Schema.Mark.readingsFrom, to: origin.readingsFrom.milliseconds, db)
            try Schema.set(Schema.Mark.rollupsFrom, to: origin.rollupsFrom.milliseconds, db)
            try Schema.put(Schema.Mark.pastFrom, origin.pastFrom.milliseconds, db)
            progress.stopBehind = Int64(last)
        }
        return last
    }

    /// Finishes a copy that was cut off when nothing but files was left to be moved.
    ///
    /// - Returns: Whether there was one; the folder has its journal then.
    public static func settle(in directory: String, at time: UnixTime) throws(JournalFailure) -> Bool {
        guard isUnfinished(in: directory) else { return false }
        let lock = try DirectoryLock(directory: directory)
        defer { lock.release() }
        let (database, staged) = ("\(directory)/\(SQLiteJournal.fileName)", stagedFile(directory))
        if RawFile.exists(database), !RawFile.exists(staged) {
            RawFile.remove("\(directory)/\(mark)")
            return true
        }
        guard RawFile.exists(staged), try isNamed(staged) else { return false }
        try putInPlace(directory, at: time)
        return true
    }

    private static func stagedFile(_ directory: String) -> String {
        "\(directory)/\(stagingName)/\(SQLiteJournal.fileName)"
    }

    private static func putInPlace(_ directory: String, at time: UnixTime) throws(JournalFailure) {
        _ = try JournalExchange.carryOut(in: directory, for: stagedFile(directory), at: time, mark: mark)
        try? FileManager.default.removeItem(atPath: "\(directory)/\(stagingName)")
    }

    /// Makes it a journal of its own, and ends the copying.
    private static func rename(_ path: String, _ former: String, through last: UInt64) throws {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        try queue.write { db in
            try CopyProgress.end(db)
            try StoredJournal.rename(from: former, through: last, db)
        }
        try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }

    private static func isNamed(_ path: String) throws(JournalFailure) -> Bool {
        do {
            let queue = try DatabaseQueue(path: path)
            defer { try? queue.close() }
            return try queue.read { db in
                guard try db.tableExists("identity") else { return false }
                return try String.fetchOne(db, sql: "SELECT value FROM identity WHERE name = 'restored_from'") != nil
            }
        } catch {
            throw JournalFailure(error, while: "look at", path)
        }
    }
}
