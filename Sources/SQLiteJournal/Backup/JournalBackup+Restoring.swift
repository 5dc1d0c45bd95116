import Foundation
import GRDB
public import TwinCore
public import TwinRuntime

/// What a restored journal holds.
public struct RestoredJournal: Sendable {
    /// What the backup said of itself.
    public var header: BackupHeader
    /// What the next start finds.
    public var start: StoppedStart
    /// Where the former journal of the folder was put; `nil` when there was none.
    public var keptAside: String?
}

/// Nothing can be said of a backup: what was in the way has nothing to do with it.
public struct UncheckedBackup: Error {
    /// What was in the way, and what to do.
    public let reason: String
}

extension JournalBackup {
    /// The folder within the data folder where a restored journal is made ready.
    static let stagingName = "restoring"
    /// A file that is in a data folder while its journal is being exchanged.
    static let exchangeMark = "restore-unfinished"

    /// Whether a restore into this folder was cut off while journals were exchanged; no Doppel starts on it then.
    public static func isRestoreUnfinished(in directory: String) -> Bool {
        RawFile.exists("\(directory)/\(exchangeMark)")
    }

    /// Checks everything that a backup holds, on an unpacked copy that is removed again.
    ///
    /// - Parameter scratch: The folder for the copy.
    /// - Throws: ``JournalFailure`` that names what is wrong; ``UncheckedBackup`` where that cannot be said, because the
    ///   backup cannot be opened or there is no room for the copy.
    public func verify(scratch: String) throws -> BackupHeader {
        do { _ = try RawFile(reading: path) } catch { throw UncheckedBackup(reason: error.description) }
        let header = try header()
        let copy: RawFile
        do {
            try Self.expectFolder(scratch)
            copy = try RawFile(writing: "\(scratch)/\((path as NSString).lastPathComponent).verify.sqlite")
        } catch {
            throw UncheckedBackup(reason: error.description)
        }
        defer { Self.removeDatabase(copy.path) }
        do {
            try unpack(header, into: copy)
        } catch {
            guard let failure = copy.writingFailure else { throw error }
            throw UncheckedBackup(reason: failure.description)
        }
        try StoredJournal(copy.path).check(against: header)
        return header
    }

    /// Puts the journal of a backup into a data folder, stopped: an emergency stop of everything is latched in it.
    ///
    /// Nothing that is in the folder is touched before the whole backup was found to be good.
    ///
    /// - Parameters:
    ///   - directory: The data folder; no Doppel may use it.
    ///   - replaces: Whether a journal that is there is kept aside; otherwise one is a reason to refuse.
    ///   - loop: A loop that runs, for the time and for completions.
    ///   - name: The name of the emergency stop.
    ///   - who: Who restores.
    public func restore(
        into directory: String, replaces: Bool, loop: any Loop, stop name: IncidentID, by who: String
    ) async throws -> RestoredJournal {
        let header = try header()
        let database = directory + "/" + SQLiteJournal.fileName
        let isUnfinished = Self.isRestoreUnfinished(in: directory)
        guard replaces || isUnfinished || !RawFile.exists(database) else {
            throw JournalFailure(
                "\(directory) has a journal, and nothing was changed. Name another data directory, or say --force: "
                    + "then the journal that is there is kept under another name.")
        }
        try JournalExchange.makeFolder(directory)
        let lock = try DirectoryLock(directory: directory)
        let staging = "\(directory)/\(Self.stagingName)"
        try? FileManager.default.removeItem(atPath: staging)
        defer { try? FileManager.default.removeItem(atPath: staging) }
        try JournalExchange.makeFolder(staging)
        let fresh = try RawFile(writing: "\(staging)/\(SQLiteJournal.fileName)")
        try unpack(header, into: fresh)
        try StoredJournal(fresh.path).check(against: header)
        let reason = "restored from a backup of \(header.madeAt): check every machine, then clear the stop"
        let start = try await StoppedStart.latch(in: staging, loop: loop, name, because: reason, by: who)
        try StoredJournal(fresh.path).rename(by: header)
        try StoredJournal(fresh.path).interrupt(at: loop.moment.time)
        let aside = try JournalExchange.carryOut(
            in: directory, for: fresh.path, at: loop.moment.time, mark: Self.exchangeMark)
        lock.release()
        return RestoredJournal(header: header, start: start, keptAside: aside)
    }
}
