import GRDB

/// The minutes that rollups are still to be made of.
///
/// A minute is never made again once one of its readings may be gone, so no reading of these goes.
enum OpenMinutes {
    /// How many readings may wait for their rollups; while more do, every minute counts as open.
    static let maximumUnrolled = 1_000_000

    /// The event time of the first of them; the end of time when there is none, its beginning while too many wait.
    static func first(_ db: Database) throws -> Int64 {
        let rolled = try Schema.mark(Schema.Mark.rolledThrough, db)
        let newest = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM readings") ?? 0
        guard newest - rolled <= Int64(maximumUnrolled) else { return .min }
        return try Int64.fetchOne(
            db,
            sql: """
                SELECT min(event_ms) FROM (
                    SELECT event_ms FROM readings WHERE sequence > :rolled AND event_ms >= :mark
                    UNION ALL SELECT start_ms FROM stale_rollups WHERE level = 0 AND start_ms >= :mark)
                """, arguments: ["rolled": rolled, "mark": try Schema.mark(Schema.Mark.readingsFrom, db)]) ?? .max
    }
}
