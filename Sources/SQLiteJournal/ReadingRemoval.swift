import GRDB
import TwinCore

/// A slice of the oldest stored samples that is removed in one transaction, with all that leads to them.
///
/// Their minutes stay as they were rolled up: from the transaction on, samples that come late for them do not open them
/// again, because what they would be made of is gone. A sample of a minute that is to be made anew ends the slice.
struct ReadingRemoval {
    /// How many rows one transaction removes; commits come between two of them.
    static let rowsPerTransaction = 1_024
    /// How far ahead of its receipt an event time may move the bound of what was removed, in milliseconds: a clock that
    /// is years ahead must not close all minutes until then.
    private static let aheadMilliseconds: Int64 = 60_000

    private struct Entry {
        let sequence: Int64
        let sensor: Int64
        let event: Int64
        let receipt: Int64
    }

    private let entries: [Entry]

    /// Looks which samples are next.
    ///
    /// - Parameters:
    ///   - first: The sequence number behind which they begin.
    ///   - last: The last sequence number that may go.
    ///   - limit: How many at most.
    init(after first: Int64, through last: Int64, limit: Int, _ db: Database) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT sequence, sensor_id, event_ms, receipt_ms, EXISTS (
                        SELECT 1 FROM stale_rollups AS stale WHERE stale.level = 0
                            AND stale.sensor_id = readings.sensor_id
                            AND stale.start_ms = event_ms - (event_ms % 60000 + 60000) % 60000)
                    FROM readings WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?
                    """), arguments: [first, last, limit])
        var entries: [Entry] = []
        while let row = try rows.next() {
            let isStale: Bool = row[4]
            if isStale { break }
            entries.append(Entry(sequence: row[0], sensor: row[1], event: row[2], receipt: row[3]))
        }
        self.entries = entries
    }

    /// How many samples there are.
    var count: Int { entries.count }

    /// The sequence number of the last one; `nil` when there is none.
    var through: Int64? { entries.last?.sequence }

    /// Removes them, within the caller's transaction.
    func carryOut(_ db: Database) throws {
        let path = try db.cachedStatement(
            sql: "DELETE FROM history WHERE sensor_id = ? AND event_ms = ? AND sequence = ?")
        let change = try db.cachedStatement(sql: "DELETE FROM changed_readings WHERE sequence = ?")
        let reading = try db.cachedStatement(sql: "DELETE FROM readings WHERE sequence = ?")
        var from = try Schema.mark(Schema.Mark.readingsFrom, db)
        for entry in entries {
            try path.execute(arguments: [entry.sensor, entry.event, entry.sequence])
            try change.execute(arguments: [entry.sequence])
            try reading.execute(arguments: [entry.sequence])
            from = max(from, min(entry.event, entry.receipt + Self.aheadMilliseconds) + 1)
        }
        try Schema.set(Schema.Mark.readingsFrom, to: from, db)
    }
}
