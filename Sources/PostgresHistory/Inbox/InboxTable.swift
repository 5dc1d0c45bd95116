import TwinCore
import TwinRuntime

/// The table `inbox_messages`, as one Doppel takes from it.
///
/// Rows are taken by one Doppel at a time: the one that holds a lease, a row of `marks` that says who and until when.
/// A row lock would have to outlast the journal's commit, and would hang as long as a connection that nobody has any
/// more; a lease runs out by the server's clock.
struct InboxTable: Sendable {
    /// One row that waits.
    struct Message: Sendable {
        let id: Int64
        let topic: String
        let payload: String
    }

    /// The most rows of one batch.
    static let batchRows: Int64 = 256
    /// The most bytes of payload of one batch, but for its first row.
    static let batchBytes: Int64 = 1_048_576
    /// The most characters of a topic and of a payload that are read: one more than the decoder takes.
    static let topicCharacters: Int64 = 257
    static let payloadCharacters: Int64 = 65_537
    /// How far waiting rows are counted.
    static let countedRows: Int64 = 10_000
    /// How long a lease holds after the latest batch was asked for, in milliseconds.
    static let leaseMilliseconds: Int64 = 30_000
    /// The most of a refusal that is kept, in characters.
    static let refusalCharacters = 500

    let link: PostgresLink

    /// How many rows wait, up to ``countedRows``, and since when the first of them does.
    func waiting() async throws(PostgresFailure) -> (rows: Int, oldest: UnixTime?) {
        let rows = try await link.query(
            """
            SELECT count(*), min(created_at) FROM (
                SELECT created_at FROM inbox_messages WHERE taken_at IS NULL ORDER BY message_id LIMIT $1) AS waiting
            """, [.integer(Self.countedRows)])
        return (Int(try rows.wholeNumber(0, 0)), try rows.time(0, 1))
    }

    /// The oldest rows that wait, for as long as the lease is ours; `nil` while another Doppel has it.
    func next(for holder: String) async throws(PostgresFailure) -> [Message]? {
        let results = try await link.transaction([
            .statement(Self.takeLease, [.text(holder), .integer(Self.leaseMilliseconds)]),
            .statement(
                Self.oldest,
                [
                    .integer(Self.batchRows), .integer(Self.batchBytes), .integer(Self.topicCharacters),
                    .integer(Self.payloadCharacters),
                ]),
        ])
        guard results[0].count == 1 else { return nil }
        var messages: [Message] = []
        for row in 0..<results[1].count {
            messages.append(
                Message(
                    id: try results[1].wholeNumber(row, 0), topic: try results[1].words(row, 1),
                    payload: try results[1].words(row, 2)))
        }
        return messages
    }

    /// Notes that rows were taken, with the refusal of each that had no effect; only when that is durable elsewhere.
    func note(_ messages: [Message], _ refusals: [Refusal?]) async throws(PostgresFailure) {
        let reasons = refusals.map { refusal in
            refusal.map {
                String(StoredText.column("\($0.reason.rawValue): \($0.detail)").prefix(Self.refusalCharacters))
            }
                ?? ""
        }
        let noted = try await link.query(Self.take, [.integers(messages.map(\.id)), .texts(reasons)])
        guard noted.affected > 0 else {
            // Without this, rows that cannot be changed would be handed in again and again without a pause.
            throw PostgresFailure(
                .misused, "rows of \(InboxNotice.table) cannot be noted as taken: look for a trigger on that table")
        }
    }

    /// Gives the lease back.
    func release(_ holder: String) async throws(PostgresFailure) {
        _ = try await link.query(
            "DELETE FROM marks WHERE name = '\(Self.mark)' AND split_part(value, ' ', 1) = $1", [.text(holder)])
    }

    private static let mark = "inbox_taker"

    private static let takeLease = """
        INSERT INTO marks (name, value)
        VALUES ('\(mark)', $1::text || ' ' || (extract(epoch FROM clock_timestamp()) * 1000 + $2::bigint)::bigint)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        WHERE split_part(marks.value, ' ', 1) = $1::text
            OR split_part(marks.value, ' ', 2)::bigint < extract(epoch FROM clock_timestamp()) * 1000
        RETURNING 1
        """

    private static let oldest = """
        SELECT message_id, left(topic, $3::integer), left(payload, $4::integer) FROM (
            SELECT message_id, topic, payload, sum(least(octet_length(payload), $4)) OVER (ORDER BY message_id)
                - least(octet_length(payload), $4) AS before
            FROM (
                SELECT message_id, topic, payload FROM inbox_messages WHERE taken_at IS NULL
                ORDER BY message_id LIMIT $1) AS oldest
        ) AS measured WHERE before < $2 ORDER BY message_id
        """

    private static let take = """
        UPDATE inbox_messages AS stored SET taken_at = now(), refusal = nullif(given.refusal, '')
        FROM unnest($1::bigint[], $2::text[]) AS given (id, refusal)
        WHERE stored.message_id = given.id AND stored.taken_at IS NULL
        """
}
