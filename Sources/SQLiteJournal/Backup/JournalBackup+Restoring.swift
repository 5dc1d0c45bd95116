import Foundation
import GRDB
public import TwinCore
public import TwinRuntime

/// What a restored journal holds.
public struct RestoredJournal: Sendable {
    /// What the backup said of itself.
    public var header: BackupHeader
    /// The emergency stop that was latched.
    public var stop: Incident
    /// The emergency stops that held before and hold still.
    public var earlierStops: [Incident]
    /// How many devices are known.
    public var devices: Int
    /// Where the former journal of the folder was put; `nil` when there was none.
    public var keptAside: String?
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
    /// - Throws: ``JournalFailure`` that names what is wrong.
    public func verify(scratch: String) throws(JournalFailure) -> BackupHeader {
        let header = try header()
        let copy = try RawFile(writing: "\(scratch)/\((path as NSString).lastPathComponent).verify.sqlite")
        defer { Self.removeDatabase(copy.path) }
        try unpack(header, into: copy)
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
        try Self.makeFolder(directory)
        let lock = try DirectoryLock(directory: directory)
        let staging = "\(directory)/\(Self.stagingName)"
        try? FileManager.default.removeItem(atPath: staging)
        defer { try? FileManager.default.removeItem(atPath: staging) }
        try Self.makeFolder(staging)
        let fresh = try RawFile(writing: "\(staging)/\(SQLiteJournal.fileName)")
        try unpack(header, into: fresh)
        try StoredJournal(fresh.path).check(against: header)
        var restored = try await Self.stopped(staging, header, loop: loop, name, by: who)
        restored.keptAside = try Self.exchange(directory, for: fresh.path, at: loop.moment.time)
        lock.release()
        return restored
    }

    /// Brings the unpacked journal to this version's schema, gives it a name of its own, and latches the stop in it.
    private static func stopped(
        _ staging: String, _ header: BackupHeader, loop: any Loop, _ name: IncidentID, by who: String
    ) async throws -> RestoredJournal {
        let journal = try SQLiteJournal(directory: staging, loop: loop)
        let recovery = try journal.recover()
        var latch = Latch()
        for case .site(let event) in recovery.facts.map(\.fact.event) { latch.apply(event) }
        let now = loop.moment.time
        let stop = Incident(
            id: name, scope: .all,
            reason: "restored from a backup of \(header.madeAt): check every machine, then clear the stop",
            issuedBy: who, issuedAt: now, generation: latch.generation + 1)
        let earlier = latch.incidents.filter { $0.scope != .all }
        var batch = Batch(firstSequence: recovery.lastSequence + 1)
        batch.facts = [
            Fact(
                device: nil, moment: Moment(time: now, uptime: Uptime(milliseconds: 0)),
                event: .site(.stopLatched(stop)))
        ]
        let result = await withCheckedContinuation { continuation in
            journal.commit(batch) { continuation.resume(returning: $0) }
        }
        await withCheckedContinuation { continuation in journal.close { continuation.resume() } }
        _ = try result.get()
        try StoredJournal("\(staging)/\(SQLiteJournal.fileName)").rename(by: header)
        try StoredJournal("\(staging)/\(SQLiteJournal.fileName)").interrupt(at: now)
        let devices = Set(recovery.snapshots.map(\.snapshot.device.id)).union(recovery.facts.compactMap(\.fact.device))
        return RestoredJournal(header: header, stop: stop, earlierStops: earlier, devices: devices.count)
    }

    /// Puts the new journal in the old one's place; cut off half-way, no Doppel starts on what is left.
    private static func exchange(
        _ directory: String, for fresh: String, at time: UnixTime
    ) throws(JournalFailure) -> String? {
        let database = directory + "/" + SQLiteJournal.fileName
        let mark = "\(directory)/\(exchangeMark)"
        try RawFile(writing: mark).synchronise()
        try RawFile.synchronise(folder: directory)
        var aside: String?
        let old = StoredJournal.suffixes.filter { RawFile.exists(database + $0) }
        if !old.isEmpty {
            // A colon is no friend of other systems' file names.
            let folder = "\(directory)/before-restore-" + time.rfc3339.replacing(":", with: "")
            try makeFolder(folder)
            for suffix in old {
                try RawFile.rename(database + suffix, to: "\(folder)/\(SQLiteJournal.fileName)\(suffix)")
            }
            try RawFile.synchronise(folder: folder)
            aside = folder
        }
        try RawFile.give([fresh, "\(directory)/\(DirectoryLock.fileName)"], toOwnerOf: directory)
        try RawFile.rename(fresh, to: database)
        try RawFile.synchronise(folder: directory)
        RawFile.remove(mark)
        try RawFile.synchronise(folder: directory)
        return aside
    }

    private static func makeFolder(_ path: String) throws(JournalFailure) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw JournalFailure("cannot make the folder \(path): \(error.localizedDescription)")
        }
    }
}
