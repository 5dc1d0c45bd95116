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

        CREATE TABLE marks (name text PRIMARY KEY, value text NOT NULL);
        COMMENT ON TABLE marks IS 'What the jobs must remember: what retention removed, and how far feeds have come (times in milliseconds).';

        CREATE TABLE rollup_calendar (
            only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
            zone text NOT NULL,
            kept_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            turn bigint NOT NULL DEFAULT 1,
            adopted_through integer
        );
        COMMENT ON TABLE rollup_calendar IS
            'Whose days, weeks and months this database has: one row. Whoever makes aggregates locks it first.';
        COMMENT ON COLUMN rollup_calendar.zone IS 'The time zone, as the IANA database names it.';
        COMMENT ON COLUMN rollup_calendar.kept_at IS
            'When a Doppel of that zone last looked after the aggregates; one of another zone waits until that is long ago.';
        COMMENT ON COLUMN rollup_calendar.turn IS 'How many zones there have been, one after the other.';
        COMMENT ON COLUMN rollup_calendar.adopted_through IS
            'Up to this sensor days, weeks and months of another zone are gone; NULL when that is done. Until then '
            'nobody answers from days, weeks and months.';

        CREATE FUNCTION hold_calendar(wanted text, lease_ms bigint) RETURNS SETOF rollup_calendar
        LANGUAGE plpgsql AS $$
        DECLARE
            held rollup_calendar;
            silence interval;
            lease interval := lease_ms * interval '1 millisecond';
        BEGIN
            INSERT INTO rollup_calendar (zone) VALUES (wanted) ON CONFLICT DO NOTHING;
            SELECT * INTO held FROM rollup_calendar FOR UPDATE;
            silence := clock_timestamp() - held.kept_at;
            IF held.zone = wanted THEN
                IF silence NOT BETWEEN interval '0' AND lease / 10 THEN
                    UPDATE rollup_calendar SET kept_at = clock_timestamp();
                END IF;
            ELSIF silence NOT BETWEEN -lease AND lease THEN
                UPDATE rollup_calendar
                SET zone = wanted, kept_at = clock_timestamp(), turn = held.turn + 1, adopted_through = 0;
                DELETE FROM calendar_spans;
            END IF;
            RETURN QUERY SELECT * FROM rollup_calendar;
        END $$;
        COMMENT ON FUNCTION hold_calendar(text, bigint) IS
            'Locks the row of rollup_calendar until the transaction ends, and says what it is: the wanted zone''s, or '
            'another one''s that somebody has kept within the lease.';

        CREATE FUNCTION frozen_before(level integer) RETURNS timestamptz LANGUAGE sql STABLE AS $$
            SELECT coalesce(max(from_unix_ms(value::bigint)), '-infinity') FROM marks
            WHERE name = 'rollups_from_ms' OR name = 'readings_from_ms' AND frozen_before.level = 0
        $$;
        COMMENT ON FUNCTION frozen_before(integer) IS
            'Aggregates that begin before this stay as they are: what they were made of was removed.';

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
        """
}
