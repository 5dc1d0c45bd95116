import GRDB
import TwinCore
import TwinRuntime

/// How much of each kind a journal holds.
enum StoredCounts {
    /// Counts everything, but for samples from before a time.
    static func read(readingsFrom: UnixTime, _ db: Database) throws -> HistoryCounts {
        var counts = HistoryCounts()
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT (event_ms - (event_ms % 86400000 + 86400000) % 86400000) / 86400000, count(*) FROM readings
                WHERE event_ms >= ? GROUP BY 1
                """, arguments: [readingsFrom.milliseconds])
        while let row = try rows.next() { counts.readingsByDay[row[0]] = row[1] }
        func count(_ table: String) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0 }
        counts.safetyRecords = try count("safety_records")
        counts.events = try count("facts") - counts.safetyRecords
        counts.commands = try count("commands")
        counts.twins = try count("snapshots")
        counts.pastTwins = try count("past_snapshots")
        return counts
    }
}
