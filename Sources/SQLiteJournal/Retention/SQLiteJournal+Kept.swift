import GRDB
public import TwinCore
public import TwinRuntime

extension SQLiteJournal: KeptHistory {
    /// The event time before which another store may hold samples that this one does not have; `nil` for none.
    public func keptFrom() async throws -> UnixTime? {
        try await read { db in
            let retained = try Schema.markIfSet(Schema.Mark.retainedFrom, db) ?? 0
            let from = max(retained, try Completeness.from(db))
            return from > 0 ? UnixTime(milliseconds: from) : nil
        }
    }

    /// Whether no other store has heard of sensors that this one never heard of.
    public func knowsEverySensor() async throws -> Bool { try await read { try Completeness.from($0) == 0 } }

    /// Takes note of whether the store that is fed holds rows of other journals.
    public func noteOthers(_ areThere: Bool) async throws {
        try await writeBetweenCommits("note what else there is beside") { db in
            try db.inTransaction(.immediate) {
                try Schema.put(Schema.Mark.othersHeld, areThere ? 1 : 0, db)
                return .commit
            }
        }
    }
}

/// From when on nothing is missing here that happened at the site.
///
/// A journal that was made in a new folder, or restored from a backup, is whole from then on. What was before it may
/// lie in the store that it feeds, brought by another journal, until that store says that it holds none of others.
enum Completeness {
    /// Notes when a journal begins that holds nothing yet.
    static func begin(at now: UnixTime, _ db: Database) throws {
        guard try Schema.markIfSet(Schema.Mark.completeFrom, db) == nil, try RecoveryReader.lastSequence(db) == 0
        else { return }
        try Schema.put(Schema.Mark.completeFrom, now.milliseconds, db)
    }

    /// Notes that things happened before now which the journal does not hold.
    static func interrupt(at now: UnixTime, _ db: Database) throws {
        let before = try Schema.markIfSet(Schema.Mark.completeFrom, db) ?? 0
        try Schema.put(Schema.Mark.completeFrom, max(before, now.milliseconds), db)
        try db.execute(sql: "DELETE FROM marks WHERE name = ?", arguments: [Schema.Mark.othersHeld])
    }

    /// The event time from which on it is whole, in milliseconds; 0 where it is whole from its beginning.
    static func from(_ db: Database) throws -> Int64 {
        guard try Schema.markIfSet(Schema.Mark.othersHeld, db) != 0 else { return 0 }
        return try Schema.markIfSet(Schema.Mark.completeFrom, db) ?? 0
    }
}
