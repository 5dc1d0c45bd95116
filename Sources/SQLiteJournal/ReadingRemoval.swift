import GRDB
import TwinCore

/// A slice of the oldest stored samples that is removed in one transaction, with all that leads to them.
///
/// Their minutes stay as they were rolled up: from the transaction on, samples that come late for them do not open them
/// again, because what they would be made of is gone.
struct ReadingRemoval {
    /// How many rows one transaction removes; commits come between two of them.
    static let rowsPerTransaction = 1_024
    /// How far an event time may lie ahead of its receipt, in milliseconds.
    ///
    /// What is further ahead stays: a clock that is years ahead must not close all minutes until then.
    private static let aheadMilliseconds: Int64 = 60_000

    private struct Entry {
        let sequence: Int64
        let sensor: Int64
        let event: Int64
    }

    private var entries: [Entry] = []
    /// The last sequence number that was looked at; `nil` when nothing goes.
    private(set) var through: Int64?

    /// Looks which samples are next.
    ///
    /// - Parameters:
    ///   - first: The sequence number behind which they begin.
    ///   - last: The last sequence number that may go.
    ///   - bound: The event time from which on none may go; one that may not ends the slice.
    ///   - limit: How many at most.
    init(after first: Int64, through last: Int64, before bound: Int64, limit: Int, _ db: Database) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT sequence, sensor_id, event_ms, receipt_ms FROM readings
                    WHERE sequence > ? AND sequence <= ? ORDER BY sequence
                    """), arguments: [first, last])
        while entries.count < limit, let row = try rows.next() {
            let (sequence, event, receipt): (Int64, Int64, Int64) = (row[0], row[2], row[3])
            if event <= receipt + Self.aheadMilliseconds {
                guard event < bound else { break }
                entries.append(Entry(sequence: sequence, sensor: row[1], event: event))
            }
            through = sequence
        }
    }

    /// How many samples there are.
    var count: Int { entries.count }

    /// Removes them, within the caller's transaction.
    func carryOut(_ db: Database) throws {
        let path = try db.cachedStatement(
            sql: "DELETE FROM history WHERE sensor_id = ? AND event_ms = ? AND sequence = ?")
        let change = try db.cachedStatement(sql: "DELETE FROM changed_readings WHERE sequence = ?")
        let original = try db.cachedStatement(sql: "DELETE FROM original_readings WHERE sequence = ?")
        let reading = try db.cachedStatement(sql: "DELETE FROM readings WHERE sequence = ?")
        var from = try Schema.mark(Schema.Mark.readingsFrom, db)
        for entry in entries {
            try path.execute(arguments: [entry.sensor, entry.event, entry.sequence])
            try change.execute(arguments: [entry.sequence])
            try original.execute(arguments: [entry.sequence])
            try reading.execute(arguments: [entry.sequence])
            from = max(from, entry.event + 1)
        }
        try Schema.set(Schema.Mark.readingsFrom, to: from, db)
    }
}
