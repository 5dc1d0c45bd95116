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
}
