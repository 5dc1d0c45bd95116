import GRDB
public import TwinRuntime

/// What is done when this journal or the store that it feeds was put back to an older state.
extension SQLiteJournal {
    /// How many corrections are marked between two commits.
    private static let correctionsPerTransaction = 10_000

    /// How far the journal reaches, and how far it was told that it is fed.
    public func reach() async throws -> FeedReach {
        try await read { db in
            let corrections = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM (SELECT 1 FROM changed_readings LIMIT ?)",
                arguments: [FeedReach.maximumCorrections])
            return FeedReach(
                last: FeedCheckpoint(
                    sequence: try RecoveryReader.lastSequence(db), change: try FeedReader.lastChange(db)),
                noted: FeedCheckpoint(
                    sequence: UInt64(try Schema.mark(Schema.Mark.fedThrough, db)),
                    change: try Schema.mark(Schema.Mark.fedChange, db)),
                corrections: corrections ?? 0, lost: Int(try Schema.markIfSet(Schema.Mark.lostRows, db) ?? 0))
        }
    }

    /// Goes on under a new name, as a restored journal does.
    public func branchOff(behind shared: FeedCheckpoint) async throws {
        try await writeBetweenCommits("give a new name to") { db in
            try db.inTransaction(.immediate) {
                let former = try String.fetchOne(db, sql: "SELECT value FROM identity WHERE name = 'journal'") ?? ""
                try db.execute(
                    sql: """
                        INSERT OR REPLACE INTO identity (name, value) VALUES
                            ('journal', lower(hex(randomblob(16)))), ('restored_from', ?), ('restored_through', ?),
                            ('restored_change', ?)
                        """, arguments: [former, "\(shared.sequence)", "\(shared.change)"])
                return .commit
            }
        }
    }

    /// The other store went back to this checkpoint.
    ///
    /// What was fed before counts for no budget, although it waits again. May be cut off and done again.
    public func feedAgain(behind checkpoint: FeedCheckpoint) async throws -> Int {
        let through = Int64(clamping: checkpoint.sequence)
        let lost = try await read { db in
            let noted = try Schema.mark(Schema.Mark.fedThrough, db)
            let here =
                try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT (SELECT count(*) FROM facts WHERE sequence > :after AND sequence <= :noted)
                            + (SELECT count(*) FROM readings WHERE sequence > :after AND sequence <= :noted)
                        """, arguments: ["after": through, "noted": noted]) ?? 0
            return max(0, noted - through - here)
        }
        try await markCorrections(through: through)
        try await writeBetweenCommits("note what is to be fed again from") { db in
            try db.inTransaction(.immediate) {
                let noted = try Schema.mark(Schema.Mark.fedThrough, db)
                if let from = try Schema.markIfSet(Schema.Mark.feedFrom, db), from < noted {
                    try Schema.put(Schema.Mark.feedFrom, noted, db)
                }
                try Schema.set(Schema.Mark.fedThrough, to: through, db)
                try Schema.set(Schema.Mark.fedChange, to: checkpoint.change, db)
                let before = try Schema.markIfSet(Schema.Mark.lostRows, db) ?? 0
                try Schema.put(Schema.Mark.lostRows, before + lost, db)
                return .commit
            }
        }
        return Int(lost)
    }

    /// Tells the feed of every reading up to a sequence number that was ever computed again.
    private func markCorrections(through last: Int64) async throws {
        var after: Int64? = 0
        while let start = after {
            after = try await writeBetweenCommits("note what is to be corrected again from") { db in
                try db.execute(
                    sql: """
                        INSERT OR IGNORE INTO changed_readings (sequence) SELECT sequence FROM original_readings
                        WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?
                        """, arguments: [start, last, Self.correctionsPerTransaction])
                return try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT sequence FROM original_readings WHERE sequence > ? AND sequence <= ?
                        ORDER BY sequence LIMIT 1 OFFSET ?
                        """, arguments: [start, last, Self.correctionsPerTransaction - 1])
            }
        }
    }
}
