/// The first version of the schema: everything that Doppel keeps in PostgreSQL.
///
/// PostgreSQL 13 or newer. Text that devices may choose is stored as ``StoredText`` writes it; JSON is stored word for
/// word (`json`, not `jsonb`), so that a copy back loses nothing and a chain of hashes can be checked again.
extension Migration {
    static let version1 = Migration(
        version: 1, name: "devices, readings, facts, rollups, feed",
        up: [
            Version1.functions, Version1.devices, Version1.actuators, Version1.readings, Version1.facts,
            Version1.people, Version1.rollups, Version1.feed, Version1.past, Version1.partitions,
        ],
        down: [Version1.removal], losesData: true)
}

/// The statements of ``Migration/version1``, by subject.
///
/// A version that was shipped never changes: its checksum is stored with it.
enum Version1 {
    static let functions = """
        CREATE FUNCTION readable(body json) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT replace(body::text, E'\\\\u0000', E'\\\\ufffd')::jsonb
        $$;
        COMMENT ON FUNCTION readable(json) IS
            'A stored JSON body as jsonb; NUL characters, which jsonb cannot hold, become U+FFFD.';

        CREATE FUNCTION utc_minute(moment timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT date_trunc('minute', moment AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
        $$;
        CREATE FUNCTION utc_hour(moment timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT date_trunc('hour', moment AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
        $$;
        CREATE FUNCTION from_unix_ms(milliseconds bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT to_timestamp(milliseconds::double precision / 1000)
        $$;
        COMMENT ON FUNCTION from_unix_ms(bigint) IS 'A time that is given in milliseconds since 1970.';
        COMMENT ON FUNCTION utc_minute(timestamptz) IS 'The start of the minute, whatever the session''s time zone.';
        COMMENT ON FUNCTION utc_hour(timestamptz) IS 'The start of the UTC hour, whatever the session''s time zone.';
        """

    /// Takes everything away that the version made, data included.
    static let removal = """
        DROP FUNCTION note_recomputed(bigint[], bigint[]);
        DROP FUNCTION stale_above(timestamptz);
        DROP FUNCTION drop_partition(text);
        DROP FUNCTION ensure_partitions(timestamptz, timestamptz);
        DROP FUNCTION ensure_partition(text, text, timestamptz, timestamptz);
        DROP VIEW partitions, readings, facts, journal_seams;
        DROP TABLE inbox_messages, skipped_rows, journals, feed_steps, marks;
        DROP TABLE twins, twin_snapshots, clock_turns, original_readings;
        DROP FUNCTION hold_calendar(text, bigint);
        DROP FUNCTION frozen_before(integer);
        DROP TABLE calendar_spans, stale_rollups, rollup_calendar;
        DROP TABLE rollup_months, rollup_weeks, rollup_days, rollup_hours, rollup_minutes;
        DROP TABLE users, logic_rules;
        DROP TABLE events, safety_records, commands;
        DROP TABLE sensor_readings;
        DROP TABLE actuator_states, actuators, sensors, esp_devices;
        DROP TYPE processing_mode, reading_quality;
        DROP FUNCTION from_unix_ms(bigint);
        DROP FUNCTION utc_hour(timestamptz);
        DROP FUNCTION utc_minute(timestamptz);
        DROP FUNCTION readable(json);
        """
}
