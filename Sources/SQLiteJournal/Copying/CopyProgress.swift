import Foundation
import GRDB
import TwinRuntime

/// What a copy remembers from one transaction to the next, in a table of its own that goes when the copy is whole.
struct CopyProgress {
    /// How far it has come.
    var place = CopyPlace()
    /// The oldest fact that is in no twin; `nil` for none so far.
    var replayFrom: UInt64?
    /// The hash of the last safety record, as the other store gave it.
    var givenHash: [UInt8]
    /// How many safety records do not follow the one before them in the other store, and the first of them.
    var misfits = 0
    var firstMisfit: UInt64?
    /// The last fact of the other store, once the copy's own stop was about to be latched behind it.
    var stopBehind: Int64?

    /// Begins a copy within the current transaction.
    static func begin(_ origin: CopyOrigin, _ db: Database) throws -> Self {
        try db.execute(
            sql: """
                CREATE TABLE copy_progress (
                    journal TEXT NOT NULL, place TEXT NOT NULL, replay_from INTEGER, given_hash BLOB NOT NULL,
                    misfits INTEGER NOT NULL, first_misfit INTEGER, stop_behind INTEGER
                ) STRICT
                """)
        let progress = Self(givenHash: origin.anchor.hash)
        try db.execute(
            sql: "INSERT INTO copy_progress (journal, place, given_hash, misfits) VALUES (?, '', x'', 0)",
            arguments: [origin.journal])
        try progress.store(db)
        return progress
    }

    /// Reads what an earlier run left, and of which journal it is; `nil` when there is nothing.
    static func read(_ db: Database) throws -> (journal: String, progress: Self)? {
        guard try db.tableExists("copy_progress") else { return nil }
        let row = try Row.fetchOne(
            db,
            sql: "SELECT journal, place, replay_from, given_hash, misfits, first_misfit, stop_behind FROM copy_progress"
        )
        guard let row else { return nil }
        let text: String = row[1]
        let hash: Data = row[3]
        var progress = Self(givenHash: Array(hash))
        progress.place = try JSONDecoder().decode(CopyPlace.self, from: Data(text.utf8))
        progress.replayFrom = (row[2] as Int64?).map { UInt64($0) }
        progress.misfits = row[4]
        progress.firstMisfit = (row[5] as Int64?).map { UInt64($0) }
        progress.stopBehind = row[6]
        return (row[0], progress)
    }

    /// Stores it within the current transaction.
    func store(_ db: Database) throws {
        let place = String(decoding: try JSONEncoder().encode(place), as: UTF8.self)
        try db.cachedStatement(
            sql: """
                UPDATE copy_progress SET place = ?, replay_from = ?, given_hash = ?, misfits = ?, first_misfit = ?,
                    stop_behind = ?
                """
        ).execute(arguments: [
            place, replayFrom.map { Int64($0) }, Data(givenHash), misfits, firstMisfit.map { Int64($0) }, stopBehind,
        ])
    }

    /// Removes the table within the current transaction.
    static func end(_ db: Database) throws { try db.execute(sql: "DROP TABLE copy_progress") }
}
