import GRDB
import TwinCore

/// Rows of `rollups` and `stale_rollups`, written and read.
enum RollupRow {
    /// What a bucket is read from; see ``bucket(_:)``.
    static let valueColumns = """
        start_ms, unit, count, mean, squared_deviations, minimum, maximum, first_ms, first, last_ms, last
        """

    /// Where the minute of an event time begins; SQLite's remainder has the sign of the time.
    static let minute = "event_ms - (event_ms % 60000 + 60000) % 60000"

    /// Reads a bucket from ``valueColumns``.
    static func bucket(_ row: Row) -> Bucket {
        Bucket(
            start: UnixTime(milliseconds: row[0]), unit: StoredText.text(row[1]), count: row[2], mean: row[3],
            squaredDeviations: row[4], minimum: row[5], maximum: row[6],
            first: .init(time: UnixTime(milliseconds: row[7]), value: row[8]),
            last: .init(time: UnixTime(milliseconds: row[9]), value: row[10]))
    }

    private static let insertion = RowInsertion(
        "INSERT INTO rollups (level, sensor_id, \(valueColumns))", columns: 13, "")

    /// Puts buckets in the place of all that are stored of this start.
    static func replace(_ level: RollupLevel, _ sensor: Int64, _ start: UnixTime, _ buckets: [Bucket], _ db: Database)
        throws
    {
        try db.cachedStatement(sql: "DELETE FROM rollups WHERE level = ? AND sensor_id = ? AND start_ms = ?")
            .execute(arguments: [level.rawValue, sensor, start.milliseconds])
        try insertion.insert(buckets[...], db) { bucket, place in
            place.bind(Int64(level.rawValue), 1)
            place.bind(sensor, 2)
            place.bind(bucket.start.milliseconds, 3)
            place.bind(StoredText.column(bucket.unit), 4)
            place.bind(Int64(bucket.count), 5)
            place.bind(bucket.mean, 6)
            place.bind(bucket.squaredDeviations, 7)
            place.bind(bucket.minimum, 8)
            place.bind(bucket.maximum, 9)
            place.bind(bucket.first.time.milliseconds, 10)
            place.bind(bucket.first.value, 11)
            place.bind(bucket.last.time.milliseconds, 12)
            place.bind(bucket.last.value, 13)
        }
    }

    /// Marks a bucket as stale, once more if it is.
    static func mark(_ level: RollupLevel, _ sensor: Int64, _ start: UnixTime, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO stale_rollups (level, sensor_id, start_ms, marks) VALUES (?, ?, ?, 1)
                ON CONFLICT DO UPDATE SET marks = marks + 1
                """
        ).execute(arguments: [level.rawValue, sensor, start.milliseconds])
    }

    /// Removes a mark, unless the bucket was marked once more since its marks were read.
    static func unmark(_ level: RollupLevel, _ sensor: Int64, _ start: UnixTime, marks: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: "DELETE FROM stale_rollups WHERE level = ? AND sensor_id = ? AND start_ms = ? AND marks = ?"
        ).execute(arguments: [level.rawValue, sensor, start.milliseconds, marks])
    }
}

/// Marks the coarser buckets that hold minutes, each once as long as neighbours come one after the other.
struct StaleMarking {
    private let calendar: SiteCalendar
    private var sensor: Int64?
    private var marked: [RollupLevel: Range<UnixTime>] = [:]

    init(_ calendar: SiteCalendar) { self.calendar = calendar }

    /// Marks what is coarser than a minute, or the minute as well.
    mutating func mark(_ minute: UnixTime, _ sensor: Int64, from finest: RollupLevel, _ db: Database) throws {
        if sensor != self.sensor {
            self.sensor = sensor
            marked = [:]
        }
        for level in RollupLevel.allCases where level >= finest && marked[level]?.contains(minute) != true {
            let span = calendar.bucket(level.resolution, containing: minute)
            try RollupRow.mark(level, sensor, span.lowerBound, db)
            marked[level] = span
        }
    }
}
