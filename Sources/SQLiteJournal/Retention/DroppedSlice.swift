import GRDB
import TwinCore

/// The oldest stored samples, which go in one transaction because too much waits for another store.
///
/// Their minutes stay as they were rolled up: from the transaction on, samples that come late for them do not open them
/// again, because what they would be made of is gone.
struct DroppedSlice {
    /// How many rows one transaction removes; commits come between two of them.
    static let maximumRows = 1_024
    /// How many rows one transaction looks at; where fewer of them go, the next look goes on behind them.
    static let maximumLooks = 4_096
    /// How far an event time may lie ahead of its receipt, in milliseconds.
    ///
    /// What is further ahead stays: a clock that is years ahead must not close all minutes until then.
    private static let aheadMilliseconds: Int64 = 60_000

    private let entries: [HistoryBacklog.Entry]
    /// The last sequence number that was looked at; `nil` when nothing goes.
    let through: Int64?

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
        var entries: [HistoryBacklog.Entry] = []
        var through: Int64?
        var looks = 0
        while entries.count < limit, looks < Self.maximumLooks, let row = try rows.next() {
            looks += 1
            let (sequence, event, receipt): (Int64, Int64, Int64) = (row[0], row[2], row[3])
            if event <= receipt + Self.aheadMilliseconds {
                guard event < bound else { break }
                entries.append(HistoryBacklog.Entry(sensor: row[1], event: event, sequence: sequence))
            }
            through = sequence
        }
        self.entries = entries
        self.through = through
    }

    /// How many samples there are.
    var count: Int { entries.count }

    /// Removes them, within the caller's transaction.
    func carryOut(_ db: Database) throws {
        guard let last = entries.map(\.event).max() else { return }
        var removal = Removal(readings: entries, marks: [Schema.Mark.readingsFrom], to: last + 1)
        try removal.finish(db)
    }
}
