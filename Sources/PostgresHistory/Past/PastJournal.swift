import TwinCore
import TwinRuntime

/// The journal that ran at an instant, as PostgreSQL holds it.
struct PastJournal: Sendable {
    /// Its places, and those of the journals that it branched off.
    let line: JournalLine
    /// The last place that it was fed up to.
    let fedThrough: Int64
    /// Before this place every fact of a device is in its twin in `twins`.
    let replayFrom: Int64
    /// Whether it is the one that runs now, so that more may come.
    let isRunning: Bool

    /// Finds the journal that ran at an instant: the youngest that had begun by then.
    ///
    /// - Returns: `nil` when none had.
    /// - Throws: ``PastFailure`` when the instant cannot be rebuilt.
    static func find(
        _ id: String, at time: UnixTime, intervalMilliseconds: Int64, _ link: PostgresLink
    ) async throws -> Self? {
        let found = try await link.query(
            """
            SELECT journal_id, past_from, base + fed_through, replay_from, journal_id = $1, began_at <= $2
            FROM journals WHERE number <= (SELECT number FROM journals WHERE journal_id = $1) AND began_at IS NOT NULL
            ORDER BY began_at <= $2 DESC, CASE WHEN began_at <= $2 THEN -number ELSE number END LIMIT 1
            """, [.text(id), .time(time)], deadlineMilliseconds: PostgresPast.deadlineMilliseconds)
        guard found.count == 1 else { throw PastFailure.notKept(from: UnixTime(milliseconds: .max)) }
        let from = max(try await kept(intervalMilliseconds, link), try found.moment(0, 1))
        guard time >= from else { throw PastFailure.notKept(from: from) }
        guard try found.truth(0, 5) else { return nil }
        let name = try found.words(0, 0)
        let line = try JournalLine(id: name, try await link.query(JournalLine.query, [.text(name)]))
        return Self(
            line: line, fedThrough: try found.wholeNumber(0, 2),
            replayFrom: line.position(of: UInt64(try found.wholeNumber(0, 3))), isRunning: try found.truth(0, 4))
    }

    /// From when on retention left what twins are rebuilt from: a replay reads samples from up to two intervals before.
    static func kept(_ intervalMilliseconds: Int64, _ link: PostgresLink) async throws -> UnixTime {
        let rows = try await link.query(
            "SELECT name, value::bigint FROM marks WHERE name IN ($1, $2)",
            [.text(HistoryMarks.Name.pastFrom.rawValue), .text(HistoryMarks.Name.readingsFrom.rawValue)],
            deadlineMilliseconds: PostgresPast.deadlineMilliseconds)
        var from: Int64 = 0
        for row in 0..<rows.count {
            let isReadings = try rows.words(row, 0) == HistoryMarks.Name.readingsFrom.rawValue
            from = max(from, try rows.wholeNumber(row, 1) + (isReadings ? 2 * intervalMilliseconds : 0))
        }
        return UnixTime(milliseconds: from)
    }
}
