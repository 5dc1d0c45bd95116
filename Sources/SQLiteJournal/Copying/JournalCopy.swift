import Foundation
import GRDB
public import TwinCore
public import TwinRuntime

/// A journal that is made in a data folder of another store's rows, and becomes that folder's when it is whole.
///
/// Until then it lies in a folder of its own, and a mark keeps every Doppel from starting on the data folder. Each
/// batch is one transaction together with the place it leads to, so a copy that was cut off at any moment goes on from
/// there.
public final class JournalCopy {
    /// The folder within the data folder where the copy is made.
    public static let stagingName = "copying"
    /// A file that is in the data folder until the copy is whole.
    public static let mark = "copy-unfinished"

    let directory: String
    let staging: String
    let pool: DatabasePool
    private let lock: DirectoryLock
    private var rows: CopiedRows
    private(set) var progress: CopyProgress
    private var change: Int64
    /// What is copied.
    public let origin: CopyOrigin

    /// Whether a copy into this folder was begun and is not whole; no Doppel starts on it then.
    public static func isUnfinished(in directory: String) -> Bool { RawFile.exists("\(directory)/\(mark)") }

    /// Begins a copy, or goes on with one that was cut off.
    ///
    /// - Throws: ``JournalFailure`` when the folder has a journal or is in use, or a copy of another journal was begun.
    public init(of origin: CopyOrigin, into directory: String) throws(JournalFailure) {
        guard !RawFile.exists("\(directory)/\(SQLiteJournal.fileName)") else {
            throw JournalFailure(
                "\(directory) has a journal, and nothing was changed. Name another data directory, or move the "
                    + "journal away.")
        }
        self.directory = directory
        self.origin = origin
        staging = "\(directory)/\(Self.stagingName)"
        try JournalExchange.makeFolder(directory)
        lock = try DirectoryLock(directory: directory)
        guard !JournalBackup.isRestoreUnfinished(in: directory) else {
            throw JournalFailure("a restore into \(directory) was cut off. Nothing was changed. Finish that one first.")
        }
        try RawFile(writing: "\(directory)/\(Self.mark)").synchronise()
        try JournalExchange.makeFolder(staging)
        try RawFile.synchronise(folder: directory)
        let path = "\(staging)/\(SQLiteJournal.fileName)"
        // For Doppel's user alone, as a journal is that was not copied.
        try RawFile.make(path)
        do {
            pool = try DatabasePool(path: path)
            try Schema.migrate(pool)
            (rows, progress, change) = try pool.write { db in
                let progress = try Self.begin(origin, directory, db)
                return (try CopiedRows(origin, db), progress, try FeedReader.lastChange(db))
            }
        } catch {
            throw JournalFailure(error, while: "copy into", path)
        }
    }

    private static func begin(_ origin: CopyOrigin, _ directory: String, _ db: Database) throws -> CopyProgress {
        guard let (journal, progress) = try CopyProgress.read(db) else {
            let anchor = SafetyChain.Link(origin.anchor)
            try SafetyChain.set(.anchor, to: anchor, db)
            try SafetyChain.set(.head, to: anchor, db)
            return try CopyProgress.begin(origin, db)
        }
        guard journal == origin.journal else {
            throw JournalFailure(
                "a copy of the journal \(journal) was begun in \(directory). Nothing was changed. Say --journal "
                    + "\(journal) to go on with it, or remove \(directory)/\(stagingName) to begin anew.")
        }
        return try withoutStop(progress, db)
    }

    /// Takes back the stop that was latched right before the copy was cut off; it is latched again.
    private static func withoutStop(_ progress: CopyProgress, _ db: Database) throws -> CopyProgress {
        guard let last = progress.stopBehind else { return progress }
        try db.execute(sql: "DELETE FROM safety_records WHERE sequence > ?", arguments: [last])
        try db.execute(sql: "DELETE FROM facts WHERE sequence > ?", arguments: [last])
        try db.execute(sql: "DELETE FROM clock_turns WHERE sequence > ?", arguments: [last])
        var head = try SafetyChain.end(.anchor, db)
        let row = try Row.fetchOne(
            db, sql: "SELECT sequence, hash FROM safety_records ORDER BY sequence DESC LIMIT 1")
        if let row {
            let count = try Int64.fetchOne(db, sql: "SELECT count(*) FROM safety_records") ?? 0
            let hash: Data = row[1]
            head = SafetyChain.Link(sequence: row[0], number: head.number + count, hash: Array(hash))
        }
        try SafetyChain.set(.head, to: head, db)
        var progress = progress
        progress.stopBehind = nil
        try progress.store(db)
        return progress
    }

    /// How far it is.
    public var place: CopyPlace { progress.place }

    /// The first safety record that does not follow the one before it where it comes from, and how many there are;
    /// `nil` for none.
    public var misfits: (first: UInt64, count: Int)? { progress.firstMisfit.map { ($0, progress.misfits) } }

    /// Enters what leads to a place, whole or not at all.
    public func take(_ batch: FeedBatch, to place: CopyPlace) throws(JournalFailure) {
        var (rows, progress, change) = (rows, progress, change)
        do {
            try pool.write { db in
                try rows.insert(batch, &progress, db)
                try CopiedRecords.insert(batch, &change, db)
                progress.place = place
                try progress.store(db)
            }
        } catch {
            throw JournalFailure(error, while: "copy into", pool.path)
        }
        rows.committed()
        (self.rows, self.progress, self.change) = (rows, progress, change)
    }

    /// How much there is, but for samples from before a time.
    public func counts(readingsFrom: UnixTime) throws(JournalFailure) -> HistoryCounts {
        do {
            let cut = try pool.read { try SafetyChain.end(.anchor, $0).sequence > Int64(origin.anchor.sequence) }
            var counts = try pool.read { try StoredCounts.read(readingsFrom: readingsFrom, $0) }
            if cut {
                counts.safetyRecords += 1
                counts.events -= 1
            }
            return counts
        } catch {
            throw JournalFailure(error, while: "count what is in", pool.path)
        }
    }

    /// Changes what is remembered, within a transaction of its own.
    func remember(_ change: (inout CopyProgress, Database) throws -> Void) throws {
        var progress = progress
        try pool.write { db in
            try change(&progress, db)
            try progress.store(db)
        }
        self.progress = progress
    }

    /// Lets go of the folder.
    func release() { lock.release() }
}

extension SafetyAnchor {
    /// The end of a chain that its first record follows.
    init(_ link: SafetyChain.Link) {
        self.init(sequence: UInt64(link.sequence), number: UInt64(link.number), hash: link.hash)
    }
}

extension SafetyChain.Link {
    /// What a chain hangs on.
    init(_ anchor: SafetyAnchor) {
        self.init(sequence: Int64(anchor.sequence), number: Int64(anchor.number), hash: anchor.hash)
    }
}
