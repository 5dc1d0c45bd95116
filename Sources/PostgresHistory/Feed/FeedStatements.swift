/// What the feed says to PostgreSQL.
enum FeedStatements {
    /// Makes the journal known.
    ///
    /// Looks before it inserts: a row that a conflict keeps out has taken one of 32,767 numbers all the same. A restored
    /// journal goes on where it branched off its former one, or as far as that one was fed.
    static let introduce = """
        INSERT INTO journals (journal_id, former_id, shared_through, fed_through, fed_change, past_from,
            chain_sequence, chain_number, chain_hash)
        SELECT given.id, former.journal_id, coalesce(former.shared, 0), coalesce(former.shared, 0),
            coalesce(former.change, 0), coalesce(former.past_from, given.past_from), $6::bigint, $7::bigint, $8::bytea
        FROM (SELECT $1::text AS id, $5::timestamptz AS past_from) AS given
        LEFT JOIN (
            SELECT journal_id, past_from, least(fed_through, $3::bigint) AS shared,
                least(fed_change, $4::bigint) AS change
            FROM journals WHERE journal_id = $2::text
        ) AS former ON true
        WHERE NOT EXISTS (SELECT FROM journals WHERE journal_id = given.id) ON CONFLICT (journal_id) DO NOTHING
        """

    /// How far the journal has come, and the seal of its last row.
    static let checkpoint = "SELECT fed_through, fed_change, fed_seal FROM journals WHERE journal_id = $1"

    /// Whether rows of other journals are here.
    static let others = "SELECT EXISTS (SELECT FROM journals WHERE journal_id <> $1 AND fed_through > 0)"

    /// Notes the time of the last row that a journal brought.
    static let noteTime = """
        INSERT INTO marks (name, value) VALUES ('\(fedTimeMark)' || $1::text, $2::bigint::text)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """
    /// What stands before a journal's name in that mark's.
    static let fedTimeMark = "fed_time_ms "

    /// Moves the checkpoint from where we believe it to be, or fails with a division by zero.
    ///
    /// It goes first: a second feed of the same journal waits here for the first, and then finds the checkpoint moved.
    static let advance = """
        WITH moved AS (
            UPDATE journals SET fed_through = $3, fed_change = $5, began_at = least(began_at, $6::timestamptz),
                replay_from = greatest(replay_from, $7), fed_seal = coalesce($8::bigint, fed_seal),
                last_fed_at = now()
            WHERE journal_id = $1 AND fed_through = $2 AND fed_change = $4 RETURNING journal_id
        ) SELECT 1 / count(*) FROM moved
        """

    /// Moves the checkpoint past what cannot be brought, and says so for good; nothing happens if it has moved already.
    ///
    /// The seal goes: it belongs to the row before.
    static let skip = """
        WITH moved AS (
            UPDATE journals SET fed_through = $3::bigint, fed_change = $5::bigint,
                fed_seal = CASE WHEN $3::bigint = $2::bigint THEN fed_seal END
            WHERE journal_id = $1 AND fed_through = $2::bigint AND fed_change = $4::bigint RETURNING base
        ) INSERT INTO skipped_rows (position, change, reason, skipped_by)
        SELECT base + $3::bigint, $6::bigint, $7::text, $8::text FROM moved
        """

    /// How much of a journal's line was skipped.
    static func skipped(_ line: JournalLine) -> String {
        "SELECT count(*) FROM skipped_rows WHERE \(line.isOfLine())"
    }

    /// Makes the sensors that are not there yet; looks before it inserts, as ``introduce`` does.
    static let makeSensors = """
        INSERT INTO sensors (device_id, gpio, sensor_type, address, unit)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[])
            AS wanted (device_id, gpio, sensor_type, address, unit)
        WHERE NOT EXISTS (
            SELECT FROM sensors s WHERE s.device_id = wanted.device_id AND s.gpio = wanted.gpio
                AND s.sensor_type = wanted.sensor_type AND s.address = wanted.address)
        ON CONFLICT (device_id, gpio, sensor_type, address) DO NOTHING
        """
    /// The numbers of sensors, and the units in which they are stored.
    static let findSensors = """
        SELECT place, sensor_id, s.unit
        FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])
            WITH ORDINALITY AS wanted (device_id, gpio, sensor_type, address, place)
        JOIN sensors s USING (device_id, gpio, sensor_type, address)
        """

    /// Makes the partitions of a day.
    static let makePartitions = "SELECT ensure_partitions($1, $1)"

    /// Tells the rollups of readings that came.
    static let noteStep =
        "INSERT INTO feed_steps (after_position, through_position, earliest, latest) VALUES ($1, $2, $3, $4)"

    /// Lets the planner know how little is to be corrected; nobody analyses a temporary table otherwise.
    static let weighCorrections = "ANALYZE feed_sensor_readings"
    /// Corrects readings that were computed again, those of a span of event times.
    ///
    /// Without bounds that are constants every partition would be read from end to end.
    static let correct = """
        UPDATE sensor_readings AS stored
        SET processed_value = changed.processed_value, quality = changed.quality,
            processing_mode = changed.processing_mode, model_version = changed.model_version,
            calibration = changed.calibration, companion_celsius = changed.companion_celsius, unit = changed.unit
        FROM feed_sensor_readings AS changed
        WHERE stored.sensor_id = changed.sensor_id AND stored.event_time = changed.event_time
            AND stored.digest = changed.digest
            AND stored.event_time BETWEEN $1 AND $2 AND changed.event_time BETWEEN $1 AND $2
        """
    /// Tells the rollups of corrections.
    static let noteCorrected = "SELECT note_recomputed($1, $2)"

    static let commands = """
        INSERT INTO commands (command_id, device_id, gpio, issued_at, state, record, position)
        SELECT id, device, pin, from_unix_ms(issued), state, record::json, $7
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
            AS given (id, device, pin, issued, state, record)
        ON CONFLICT (command_id) DO UPDATE
        SET state = excluded.state, record = excluded.record, position = excluded.position
        WHERE commands.position <= excluded.position
        """

    /// Tells whoever listens, unless the queue is too full for that; a row says that it was told.
    static let notify = "SELECT pg_notify($1, $2) WHERE pg_notification_queue_usage() < $3"

    /// The state with which a transaction fails that notifies while the queue is full.
    static let queueFullState = "54000"
    /// The state with which ``advance`` fails: division by zero.
    static let movedState = "22012"
    /// The state with which a row is refused that is stored already.
    static let duplicateState = "23505"

    /// A table of the transaction's own that looks like another one.
    static func stage(_ table: String) -> String {
        "CREATE TEMP TABLE feed_\(table) (LIKE \(table) INCLUDING DEFAULTS) ON COMMIT DROP"
    }

    static func copy(_ columns: String, into table: String) -> String {
        "COPY \(table) (\(columns)) FROM STDIN (FORMAT binary)"
    }

    /// Takes from the staging table what is not stored yet.
    ///
    /// A reading that an older journal stored, too, becomes this one's: a message that the broker delivered again after
    /// a backup was restored. So a journal's places hold all of its readings.
    static func merge(_ columns: String, into table: String) -> String {
        "INSERT INTO \(table) (\(columns)) SELECT \(columns) FROM feed_\(table) ORDER BY position ON CONFLICT "
            + (table == "sensor_readings" ? "(\(readingKey.joined(separator: ", "))) \(adoption)" : "DO NOTHING")
    }

    private static let readingKey = ["sensor_id", "event_time", "digest"]

    private static var adoption: String {
        let columns = ReadingCopy.columns.split(separator: ", ").filter { !readingKey.contains(String($0)) }
        return "DO UPDATE SET \(columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")) "
            + "WHERE sensor_readings.position < excluded.position"
    }
}
