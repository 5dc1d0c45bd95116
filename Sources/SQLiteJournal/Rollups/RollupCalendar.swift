import GRDB
import TwinCore

/// Whose days, weeks and months the stored ones are.
enum RollupCalendar {
    /// The row of `identity` that names the time zone.
    private static let name = "rollup_zone"

    /// Makes the levels that follow the calendar stale as a whole when they were made with another one.
    static func adopt(_ calendar: SiteCalendar, _ db: Database) throws {
        let stored = try String.fetchOne(db, sql: "SELECT value FROM identity WHERE name = ?", arguments: [name])
        guard stored != calendar.zone else { return }
        try db.inTransaction(.immediate) {
            for table in ["rollups", "stale_rollups"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE level > ?", arguments: [RollupLevel.hour.rawValue])
            }
            if stored != nil { try markEverything(calendar, db) }
            try db.execute(
                sql:
                    "INSERT INTO identity (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                arguments: [name, calendar.zone])
            return .commit
        }
    }

    /// Marks every day, week and month between a sensor's first minute and its last; empty ones cost a look each.
    private static func markEverything(_ calendar: SiteCalendar, _ db: Database) throws {
        let extents = try Row.fetchAll(
            db,
            sql: """
                SELECT id, (SELECT min(start_ms) FROM rollups WHERE level = 0 AND sensor_id = id),
                    (SELECT max(start_ms) FROM rollups WHERE level = 0 AND sensor_id = id) FROM sensors
                """)
        for row in extents {
            guard let first: Int64 = row[1], let last: Int64 = row[2] else { continue }
            let span = UnixTime(milliseconds: first)..<UnixTime(milliseconds: last + 1)
            for level in RollupLevel.allCases where level > .hour {
                for start in calendar.starts(level.resolution, in: span) {
                    try RollupRow.mark(level, row[0], start, db)
                }
            }
        }
    }
}
