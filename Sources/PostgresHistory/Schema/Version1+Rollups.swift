extension Version1 {
    /// Aggregates of minutes, hours, days, weeks and months, and what is to be computed.
    static let rollups = """
        CREATE TABLE rollup_minutes (
            start_time timestamptz NOT NULL,
            first_time timestamptz NOT NULL,
            last_time timestamptz NOT NULL,
            count bigint NOT NULL CHECK (count > 0),
            mean double precision NOT NULL,
            squared_deviations double precision NOT NULL,
            minimum double precision NOT NULL,
            maximum double precision NOT NULL,
            first_value double precision NOT NULL,
            last_value double precision NOT NULL,
            sensor_id integer NOT NULL,
            unit text COLLATE "C" NOT NULL,
            PRIMARY KEY (sensor_id, start_time, unit)
        ) PARTITION BY RANGE (start_time);
        CREATE TABLE rollup_minutes_default PARTITION OF rollup_minutes DEFAULT;
        CREATE TABLE rollup_hours (LIKE rollup_minutes INCLUDING ALL) PARTITION BY RANGE (start_time);
        CREATE TABLE rollup_hours_default PARTITION OF rollup_hours DEFAULT;
        CREATE TABLE rollup_days (LIKE rollup_minutes INCLUDING ALL);
        CREATE TABLE rollup_weeks (LIKE rollup_minutes INCLUDING ALL);
        CREATE TABLE rollup_months (LIKE rollup_minutes INCLUDING ALL);

        COMMENT ON TABLE rollup_minutes IS
            'Aggregates of plausible values by UTC minute, made of readings; a partition for each UTC day.';
        COMMENT ON TABLE rollup_hours IS
            'Aggregates by UTC hour, made of minutes; a partition for each UTC month.';
        COMMENT ON TABLE rollup_days IS 'Aggregates by day of the site''s time zone, made of hours or minutes.';
        COMMENT ON TABLE rollup_weeks IS 'Aggregates by week (from Monday) of the site''s time zone, made of days.';
        COMMENT ON TABLE rollup_months IS 'Aggregates by month of the site''s time zone, made of days.';
        COMMENT ON COLUMN rollup_minutes.squared_deviations IS
            'The sum of the squared deviations from the mean; sum = mean * count, '
            'sum of squares = squared_deviations + mean * mean * count, variance = squared_deviations / (count - 1).';

        CREATE TABLE stale_rollups (
            start_time timestamptz NOT NULL,
            sensor_id integer NOT NULL,
            level smallint NOT NULL CHECK (level BETWEEN 0 AND 4),
            PRIMARY KEY (sensor_id, level, start_time)
        );
        CREATE INDEX stale_rollups_by_level ON stale_rollups (level, start_time);
        COMMENT ON TABLE stale_rollups IS
            'Aggregates that are missing or no longer true: 0 minute, 1 hour, 2 day, 3 week, 4 month.';

        CREATE TABLE calendar_spans (
            level smallint NOT NULL CHECK (level BETWEEN 2 AND 4),
            start_time timestamptz NOT NULL,
            end_time timestamptz NOT NULL CHECK (end_time > start_time),
            PRIMARY KEY (level, start_time)
        );
        COMMENT ON TABLE calendar_spans IS
            'The days (2), weeks (3) and months (4) of the site''s time zone, written by Doppel so that every store '
            'counts the same ones.';

        CREATE FUNCTION stale_above(minute timestamptz) RETURNS TABLE (level smallint, start_time timestamptz)
        LANGUAGE sql STABLE AS $$
            SELECT 1::smallint, utc_hour(minute)
            UNION ALL
            SELECT span.level, span.start_time FROM calendar_spans span
            WHERE minute >= span.start_time AND minute < span.end_time
                AND span.start_time > minute - interval '32 days'
        $$;
        COMMENT ON FUNCTION stale_above(timestamptz) IS 'The hour, day, week and month that a minute is part of.';

        CREATE FUNCTION note_recomputed(sensors bigint[], times_ms bigint[]) RETURNS void LANGUAGE sql AS $$
            INSERT INTO stale_rollups (sensor_id, level, start_time)
            SELECT DISTINCT sensor::integer, marked.level, marked.start_time
            FROM unnest(sensors, times_ms) AS changed (sensor, time_ms),
                utc_minute(from_unix_ms(time_ms)) AS minute,
                LATERAL (SELECT 0::smallint AS level, minute AS start_time
                         UNION ALL SELECT * FROM stale_above(minute)) AS marked
            ON CONFLICT (sensor_id, level, start_time) DO UPDATE SET level = excluded.level
        $$;
        COMMENT ON FUNCTION note_recomputed(bigint[], bigint[]) IS
            'Readings of these sensors at these event times have other values now: called by the feed. Marks that are '
            'there are locked, so that a job which removes one waits until the new values can be seen.';

        CREATE TABLE marks (name text PRIMARY KEY, value text NOT NULL);
        COMMENT ON TABLE marks IS 'What the jobs must remember: the calendar''s zone, and what retention removed (times in milliseconds).';
        """

    /// What the feed writes beside the rows, in the same transaction.
    static let feed = """
        CREATE TABLE journals (
            journal_id text COLLATE "C" PRIMARY KEY,
            number smallint GENERATED ALWAYS AS IDENTITY UNIQUE,
            base bigint GENERATED ALWAYS AS ((number::bigint - 1) << 40) STORED,
            fed_through bigint NOT NULL DEFAULT 0 CHECK (fed_through >= 0 AND fed_through < 1099511627776),
            fed_change bigint NOT NULL DEFAULT 0,
            last_fed_at timestamptz,
            created_at timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE journals IS
            'Each journal that was fed, and how far: position = base + the journal''s sequence number. Changed in the '
            'same transaction as the rows, so each row is here exactly once.';
        COMMENT ON COLUMN journals.fed_through IS 'The last sequence number of that journal that is here.';
        COMMENT ON COLUMN journals.fed_change IS
            'The last change of that journal''s commands and twins that is here.';

        CREATE TABLE feed_steps (
            step_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            after_position bigint NOT NULL,
            through_position bigint NOT NULL CHECK (through_position > after_position),
            earliest timestamptz NOT NULL,
            latest timestamptz NOT NULL CHECK (latest >= earliest)
        );
        COMMENT ON TABLE feed_steps IS
            'Readings that came and are in no aggregate yet: their places, and the span of their event times. '
            'Written by the feed in the transaction of the rows, removed by the rollup job.';

        CREATE TABLE twin_snapshots (
            device_id text COLLATE "C" NOT NULL,
            position bigint NOT NULL,
            taken_at timestamptz NOT NULL,
            body bytea NOT NULL,
            PRIMARY KEY (device_id, position)
        );
        CREATE INDEX twin_snapshots_by_time ON twin_snapshots (device_id, taken_at);
        COMMENT ON TABLE twin_snapshots IS
            'Twins as they stood in the past, compressed; with the facts behind them any moment can be shown.';

        CREATE TABLE inbox_messages (
            message_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            topic text NOT NULL,
            payload text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            taken_at timestamptz
        );
        CREATE INDEX inbox_messages_waiting ON inbox_messages (message_id) WHERE taken_at IS NULL;
        COMMENT ON TABLE inbox_messages IS
            'What other programs hand in, to be taken as if a device had published it; taken_at says when it was.';
        """
}
