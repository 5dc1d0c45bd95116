import TwinCore
import TwinRuntime

/// The last fact that was received by an instant.
struct PastMoment: Sendable {
    /// Facts may be out of order by so much, in milliseconds; more than that is a clock that was set back.
    private static let toleranceMilliseconds: Int64 = 1_000

    let position: Int64
    let moment: Moment

    /// Finds it among the places of the journal itself: between two turns of the clock a search by halves does.
    static func find(at time: UnixTime, _ journal: PastJournal, _ link: PostgresLink) async throws -> Self? {
        let own = journal.line.stretches[0]
        let floor = own.base + own.after
        let turns = try await link.query(
            """
            WITH start AS (
                SELECT max(position) AS position FROM clock_turns
                WHERE position > $1 AND position <= $2 AND received_at <= $3
            ) SELECT position, (SELECT min(turn.position) FROM clock_turns AS turn
                WHERE turn.position > coalesce(start.position, $1) AND turn.position <= $2)
            FROM start
            """, [.integer(floor), .integer(journal.fedThrough), .time(time)])
        let first = try turns.integer(0, 0).map { $0 - 1 } ?? floor
        let end = try turns.integer(0, 1) ?? journal.fedThrough + 1
        // Everything up to `low` was received by then or hardly later, and nothing from `high` on was.
        var (low, high) = (first, end)
        let late = time.advanced(byMilliseconds: toleranceMilliseconds)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            let found = try await last(of: "facts", "event_time", after: low, before: middle + 1, at: nil, link)
            if let found, found.moment.time > late { high = found.position } else { low = middle }
        }
        let fact = try await last(of: "facts", "event_time", after: first, before: high, at: time, link)
        let sample = try await last(
            of: "sensor_readings", "coalesce(fact_time, receipt_time)", after: fact?.position ?? first, before: high,
            at: time, link)
        if let found = sample ?? fact { return found }
        // The first fact after a turn may be a sample that was delivered twice, and is not stored again.
        return first > floor ? try await last(after: floor, before: first + 1, link) : nil
    }

    private static func last(after low: Int64, before high: Int64, _ link: PostgresLink) async throws -> Self? {
        let fact = try await last(of: "facts", "event_time", after: low, before: high, at: nil, link)
        let sample = try await last(
            of: "sensor_readings", "coalesce(fact_time, receipt_time)", after: fact?.position ?? low, before: high,
            at: nil, link)
        return sample ?? fact
    }

    private static func last(
        of table: String, _ received: String, after low: Int64, before high: Int64, at time: UnixTime?,
        _ link: PostgresLink
    ) async throws -> Self? {
        let rows = try await link.query(
            """
            SELECT position, \(received), uptime_ms FROM \(table)
            WHERE position > $1 AND position < $2 AND \(received) <= coalesce($3::timestamptz, 'infinity')
            ORDER BY position DESC LIMIT 1
            """, [.integer(low), .integer(high), .time(time)],
            deadlineMilliseconds: PostgresPast.deadlineMilliseconds)
        guard rows.count > 0 else { return nil }
        return Self(
            position: try rows.wholeNumber(0, 0),
            moment: Moment(time: try rows.moment(0, 1), uptime: Uptime(milliseconds: try rows.wholeNumber(0, 2))))
    }
}
