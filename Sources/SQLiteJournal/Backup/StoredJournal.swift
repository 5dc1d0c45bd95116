import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// A journal's database in a file that no Doppel uses.
struct StoredJournal {
    /// What SQLite's files of one database are called behind its name.
    static let suffixes = ["", "-wal", "-shm", "-journal"]

    let path: String

    init(_ path: String) { self.path = path }

    /// Describes the database, but for what its packing brings.
    func header(by version: String, at time: UnixTime) throws(JournalFailure) -> BackupHeader {
        try read { db in
            let schema = try schema(db)
            return BackupHeader(
                format: BackupHeader.currentFormat, doppel: version, schema: schema, journal: try journal(db),
                madeAt: time.rfc3339, lastSequence: try RecoveryReader.lastSequence(db), rows: try rows(db),
                databaseBytes: 0, packedBytes: 0, sha256: "")
        }
    }

    /// Looks through the whole database, and compares it with what a backup says of it.
    func check(against header: BackupHeader) throws(JournalFailure) {
        try read { db in
            let complaints = try String.fetchAll(db, sql: "PRAGMA integrity_check(5)")
            guard complaints == ["ok"] else {
                throw JournalFailure("the database in it is damaged: \(complaints.joined(separator: "; ")).")
            }
            let found = try self.rows(db)
            for table in Set(found.keys).union(header.rows.keys).sorted() where found[table] != header.rows[table] {
                throw JournalFailure(
                    "the database in it has \(found[table] ?? 0) rows of \(table) where the header says "
                        + "\(header.rows[table] ?? 0).")
            }
            guard try journal(db) == header.journal, try schema(db) == header.schema,
                try RecoveryReader.lastSequence(db) == header.lastSequence
            else { throw JournalFailure("the database in it is another one than its header describes.") }
        }
    }

    /// Makes it a journal of its own, whose history branches off the one that was copied.
    ///
    /// Whoever feeds another store from it sees by `restored_from`, `restored_through` and `restored_change` which rows
    /// and records that store may hold under the former name.
    func rename(by header: BackupHeader) throws(JournalFailure) {
        do {
            let queue = try DatabaseQueue(path: path)
            defer { try? queue.close() }
            try queue.write { db in try Self.rename(from: header.journal, through: header.lastSequence, db) }
        } catch {
            throw JournalFailure(error, while: "give a name to", path)
        }
    }

    /// Gives it a name of its own, and notes which journal it branches off and where.
    static func rename(from former: String, through last: UInt64, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO identity (name, value) VALUES
                    ('journal', lower(hex(randomblob(16)))), ('restored_from', ?), ('restored_through', ?),
                    ('restored_change', ?)
                """, arguments: [former, "\(last)", "\(try FeedReader.lastChange(db))"])
    }

    /// Notes that what happened between the backup and now is not in it.
    func interrupt(at now: UnixTime) throws(JournalFailure) {
        do {
            let queue = try DatabaseQueue(path: path)
            defer { try? queue.close() }
            try queue.write { try Completeness.interrupt(at: now, $0) }
        } catch {
            throw JournalFailure(error, while: "note what is missing in", path)
        }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(JournalFailure) -> Value {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { db in
                guard try !Schema.migrator.hasBeenSuperseded(db) else {
                    throw JournalFailure(
                        "the database was written by a newer Doppel than this one. Nothing was changed. Use that "
                            + "version.")
                }
                return try body(db)
            }
        } catch {
            throw JournalFailure(error, while: "read", path)
        }
    }

    private func schema(_ db: Database) throws -> Int {
        try Schema.migrator.completedMigrations(db).compactMap { Int($0) }.max() ?? 0
    }

    private func journal(_ db: Database) throws -> String {
        guard try db.tableExists("identity") else { return "" }
        return try String.fetchOne(db, sql: "SELECT value FROM identity WHERE name = 'journal'") ?? ""
    }

    private func rows(_ db: Database) throws -> [String: Int] {
        let tables = try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_master
                WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'grdb_migrations'
                """)
        var rows: [String: Int] = [:]
        for table in tables { rows[table] = try Int.fetchOne(db, sql: "SELECT count(*) FROM \"\(table)\"") ?? 0 }
        return rows
    }
}
