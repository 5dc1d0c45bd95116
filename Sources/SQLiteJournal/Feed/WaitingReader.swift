import GRDB
import TwinCore
import TwinRuntime

/// What waits for another store, and which of it may be dropped.
///
/// Rows wait from the moment a feed was switched on. What is older is history of the time before: it is fed too, but
/// counts for no budget and is never dropped for one.
enum WaitingReader {
    /// What a sample takes in the file, with its indices, in bytes; a test compares it with the file's pages.
    static let readingBytes = 130
    /// What a fact takes beside its text, in bytes.
    static let factBytes = 80
    /// Of how many of the newest rows the mixture is taken for that of all.
    private static let sample: Int64 = 4_096

    /// Notes whether a feed is on, at the start.
    static func noteFeed(isOn: Bool, _ db: Database) throws {
        let from = try Schema.markIfSet(Schema.Mark.feedFrom, db)
        switch isOn {
        case true where from == nil: try Schema.put(Schema.Mark.feedFrom, try lastSequence(db), db)
        case false where from != nil:
            try db.execute(sql: "DELETE FROM marks WHERE name = ?", arguments: [Schema.Mark.feedFrom])
        case true, false: break
        }
    }

    /// Measures what waits, by a few looks at the ends of the tables.
    static func waiting(_ db: Database) throws -> WaitingRows {
        let dropped = Int(try Schema.markIfSet(Schema.Mark.droppedSamples, db) ?? 0)
        guard let first = try start(db) else { return WaitingRows(rows: 0, bytes: 0, oldest: nil, dropped: dropped) }
        let backlog = try FeedReader.backlog(after: FeedCheckpoint(sequence: UInt64(first)), db)
        let newest = max(1, min(sample, Int64(backlog.rows)))
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT count(*), coalesce(sum(length(body)), 0) FROM facts WHERE sequence > ?"),
            arguments: [first + Int64(backlog.rows) - newest])
        let (facts, text): (Int64, Int64) = (row?[0] ?? 0, row?[1] ?? 0)
        let bytes = (newest - facts) * Int64(readingBytes) + facts * Int64(factBytes) + text
        return WaitingRows(
            rows: backlog.rows, bytes: Int(Double(bytes) / Double(newest) * Double(backlog.rows)),
            oldest: backlog.oldest, dropped: dropped)
    }

    /// Drops the oldest samples that wait, in one transaction, and counts them.
    ///
    /// - Parameter bound: The event time from which on none may go.
    /// - Returns: How many; fewer than asked for when no more may be.
    static func dropOldest(_ limit: Int, before bound: Int64, _ db: Database) throws -> Int {
        guard let first = try start(db) else { return 0 }
        let last = try end(db)
        var dropped = 0
        try db.inTransaction(.immediate) {
            let slice = try DroppedSlice(after: first, through: last, before: bound, limit: limit, db)
            dropped = slice.count
            guard let through = slice.through else { return .rollback }
            try slice.carryOut(db)
            try Schema.put(Schema.Mark.droppedThrough, through, db)
            let before = try Schema.markIfSet(Schema.Mark.droppedSamples, db) ?? 0
            try Schema.put(Schema.Mark.droppedSamples, before + Int64(dropped), db)
            return .commit
        }
        return dropped
    }

    /// The sequence number after which rows wait; `nil` while no feed is on.
    private static func start(_ db: Database) throws -> Int64? {
        guard let from = try Schema.markIfSet(Schema.Mark.feedFrom, db) else { return nil }
        return max(
            from, try Schema.mark(Schema.Mark.fedThrough, db), try Schema.markIfSet(Schema.Mark.droppedThrough, db) ?? 0
        )
    }

    /// The last sequence number whose sample may be dropped: recovery does not read it, its path by sensor and its
    /// minute are made, and the broker does not deliver it again.
    private static func end(_ db: Database) throws -> Int64 {
        let redelivered = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT sequence FROM readings ORDER BY sequence DESC LIMIT 1 OFFSET ?"),
            arguments: [Recovery.recentDigestLimit - 1])
        return min(
            try Schema.mark(Schema.Mark.replayFrom, db) - 1, try Schema.mark(Schema.Mark.historyThrough, db),
            try Schema.mark(Schema.Mark.rolledThrough, db), (redelivered ?? 0) - 1)
    }

    private static func lastSequence(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT max(coalesce((SELECT max(sequence) FROM facts), 0),
                           coalesce((SELECT max(sequence) FROM readings), 0))
                """) ?? 0
    }
}
