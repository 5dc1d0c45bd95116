import TwinCore

/// Facts go only when no instant that is kept is rebuilt from them.
extension RetentionUpkeep {
    /// Removes facts of a table that are old, and the twins of the past that only they needed.
    ///
    /// The mark is moved first: whoever rebuilds a twin looks at it again when done. Each device keeps its newest twin
    /// from before the mark, in each part of a journal that others branch off, and its facts behind that one.
    func removeFacts(
        _ table: String, before cutoff: UnixTime, _ receipt: inout Receipt
    ) async throws(PostgresFailure) {
        _ = try await link.query(
            """
            INSERT INTO marks (name, value) VALUES ($1, $2::bigint::text)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            WHERE marks.value::bigint < excluded.value::bigint
            """, [.text(HistoryMarks.Name.pastFrom.rawValue), .integer(cutoff.milliseconds)],
            deadlineMilliseconds: Self.deadlineMilliseconds)
        try await deleteBatches(Self.needlessTwins, before: cutoff, &receipt)
        // Journal by journal, so that young facts of one do not hide old ones of another.
        let bases = try await link.query("SELECT base FROM journals WHERE base > 0 ORDER BY base")
        var edges = [Int64.min]
        for row in 0..<bases.count { edges.append(try bases.wholeNumber(row, 0)) }
        for (edge, next) in zip(edges, edges.dropFirst() + [.max]) {
            try await removeFacts(table, behind: edge, through: next, before: cutoff, &receipt)
        }
    }

    private func removeFacts(
        _ table: String, behind edge: Int64, through next: Int64, before cutoff: UnixTime, _ receipt: inout Receipt
    ) async throws(PostgresFailure) {
        var position = edge
        for _ in 0..<Self.batchesPerRound {
            let rows = try await link.query(
                Self.oldFacts(table),
                [
                    .time(cutoff), .integer(Self.rowsPerBatch), .integer(position),
                    .integer(next),
                ], deadlineMilliseconds: Self.deadlineMilliseconds)
            receipt.rows += Int(try rows.wholeNumber(0, 0))
            // Where none of so many is old, younger ones follow.
            guard let last = try rows.integer(0, 1), try rows.wholeNumber(0, 2) > 0 else { return }
            position = last
        }
    }

    private static let needlessTwins = """
        DELETE FROM twin_snapshots WHERE ctid = ANY (ARRAY(
            SELECT old.ctid FROM twin_snapshots AS old WHERE old.taken_at < $1 AND EXISTS (
                SELECT FROM twin_snapshots AS kept
                WHERE kept.device_id = old.device_id AND kept.taken_at < $1 AND kept.position > old.position
                    AND NOT EXISTS (SELECT FROM journal_seams AS seam
                        WHERE seam.position >= old.position AND seam.position < kept.position))
            LIMIT $2))
        """

    private static func oldFacts(_ table: String) -> String {
        """
        WITH looked AS MATERIALIZED (
            SELECT position, event_time, device_id, kind FROM \(table)
            WHERE position > $3 AND position <= $4 ORDER BY position LIMIT $2
        ), floors AS MATERIALIZED (
            SELECT device_id, position FROM twin_snapshots WHERE taken_at < $1
        ), gone AS (
            DELETE FROM \(table) USING looked
            WHERE \(table).position = looked.position AND looked.event_time < $1 AND (
                looked.device_id IS NULL AND looked.kind <> 'site.run_started'
                OR EXISTS (SELECT FROM floors
                    WHERE floors.device_id = looked.device_id AND floors.position >= looked.position
                        AND NOT EXISTS (SELECT FROM journal_seams AS seam
                            WHERE seam.position >= looked.position AND seam.position < floors.position)))
            RETURNING 1
        ) SELECT (SELECT count(*) FROM gone), max(position), count(*) FILTER (WHERE event_time < $1) FROM looked
        """
    }
}
