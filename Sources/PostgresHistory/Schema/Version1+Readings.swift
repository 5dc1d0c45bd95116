extension Version1 {
    /// Samples: lean, partitioned by the UTC day of their event time.
    ///
    /// The columns lie widest first, so that none is padded; what is NULL takes no room. One B-tree only: it guards
    /// against duplicates and is the path by sensor. BRIN is a few pages a day.
    static let readings = """
        CREATE TYPE reading_quality AS ENUM (
            'excellent', 'good', 'fair', 'poor', 'unknown', 'suspect', 'stale', 'bad', 'critical', 'error');
        CREATE TYPE processing_mode AS ENUM ('pi_enhanced', 'local', 'raw');

        CREATE TABLE sensor_readings (
            event_time timestamptz NOT NULL,
            receipt_time timestamptz NOT NULL,
            position bigint NOT NULL,
            digest bigint NOT NULL,
            uptime_ms bigint NOT NULL,
            raw_value double precision NOT NULL,
            processed_value double precision,
            sensor_id integer NOT NULL,
            quality reading_quality NOT NULL,
            processing_mode processing_mode NOT NULL,
            model_version integer,
            calibration integer,
            reported_quality reading_quality,
            is_timely boolean NOT NULL,
            claimed_ms bigint,
            fact_time timestamptz,
            companion_celsius double precision,
            error_code bigint,
            unit text,
            PRIMARY KEY (sensor_id, event_time, digest)
        ) PARTITION BY RANGE (event_time);
        CREATE INDEX sensor_readings_by_time ON sensor_readings
            USING brin (event_time, position) WITH (autosummarize = on);
        CREATE TABLE sensor_readings_default PARTITION OF sensor_readings DEFAULT;

        COMMENT ON TABLE sensor_readings IS
            'Samples, a partition for each UTC day. The same sample twice is one row. The view "readings" shows them '
            'with the names of their sensors.';
        COMMENT ON TABLE sensor_readings_default IS
            'Samples of days without a partition: clocks that are far off.';
        COMMENT ON COLUMN sensor_readings.event_time IS
            'When it was measured: the device''s time, or the receipt where the device has none.';
        COMMENT ON COLUMN sensor_readings.receipt_time IS 'When it reached Doppel.';
        COMMENT ON COLUMN sensor_readings.position IS 'Its place in the order of the journals; see "journals".';
        COMMENT ON COLUMN sensor_readings.digest IS
            'A digest of the message: with the time it tells a second delivery from another sample.';
        COMMENT ON COLUMN sensor_readings.uptime_ms IS 'How long that run of Doppel had lasted, in milliseconds.';
        COMMENT ON COLUMN sensor_readings.processed_value IS 'The value in its unit; NULL where there is none.';
        COMMENT ON COLUMN sensor_readings.quality IS 'How far the value can be trusted, from best to worst.';
        COMMENT ON COLUMN sensor_readings.processing_mode IS
            'Who made the value: pi_enhanced (a model of Doppel''s), local (the device), raw (nobody).';
        COMMENT ON COLUMN sensor_readings.model_version IS
            'Which version of the model; lpad(to_hex(model_version), 8, ''0'') is how Doppel shows it.';
        COMMENT ON COLUMN sensor_readings.calibration IS 'The number of the sensor''s calibration; NULL for none.';
        COMMENT ON COLUMN sensor_readings.reported_quality IS 'What the device said; NULL when it said nothing.';
        COMMENT ON COLUMN sensor_readings.is_timely IS 'Whether it came soon enough to be acted upon.';
        COMMENT ON COLUMN sensor_readings.claimed_ms IS
            'The time that the device claimed, in milliseconds since 1970; NULL where it is the event time.';
        COMMENT ON COLUMN sensor_readings.fact_time IS
            'When the fact reached the runtime; NULL where it is the receipt time.';
        COMMENT ON COLUMN sensor_readings.companion_celsius IS
            'The temperature that the value was computed with; NULL for none.';
        COMMENT ON COLUMN sensor_readings.error_code IS 'The device''s error code; NULL for none.';
        COMMENT ON COLUMN sensor_readings.unit IS 'The unit, where it is not the sensor''s usual one.';

        CREATE VIEW readings AS
            SELECT sensor_id, s.device_id, s.gpio, s.sensor_type, s.address, r.event_time, r.receipt_time,
                r.raw_value, r.processed_value, coalesce(r.unit, s.unit) AS unit, r.quality, r.processing_mode,
                lpad(to_hex(r.model_version), 8, '0') AS model_version, r.calibration, r.is_timely, r.position
            FROM sensor_readings r JOIN sensors s USING (sensor_id);
        COMMENT ON VIEW readings IS 'Samples with the names of their sensors, for people and for other programs.';
        """

    /// Makes the partitions that a span of event times needs.
    ///
    /// A partition is filled from the default one before it is attached, so rows that came too early find their way.
    /// Attaching, unlike `CREATE TABLE … PARTITION OF`, lets others go on writing. It locks the default partition while
    /// it reads through it, which ``PartitionUpkeep`` keeps short by keeping that partition small; who cannot have the
    /// lock at once does without, and makes the partition another time.
    ///
    /// Only its owner may change a table so; the two functions that Doppel calls do it in the owner's name for whoever
    /// was granted them, with a search path that nobody can bend, and touch nothing but partitions of this schema.
    static let partitions = """
        CREATE FUNCTION ensure_partition(parent text, partition text, since timestamptz, until timestamptz)
        RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '1s' AS $$
        DECLARE
            column_name text := CASE parent WHEN 'sensor_readings' THEN 'event_time' ELSE 'start_time' END;
            move text := format(
                'WITH early AS (DELETE FROM %1$I WHERE %2$I >= %3$L AND %2$I < %4$L RETURNING *) '
                'INSERT INTO %5$I SELECT * FROM early',
                parent || '_default', column_name, since, until, partition);
            moved bigint;
        BEGIN
            IF to_regclass(quote_ident(partition)) IS NOT NULL THEN RETURN false; END IF;
            PERFORM pg_advisory_xact_lock(hashtext('doppel'), hashtext(parent));
            IF to_regclass(quote_ident(partition)) IS NOT NULL THEN RETURN false; END IF;
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', partition, parent);
            EXECUTE move;
            GET DIAGNOSTICS moved = ROW_COUNT;
            -- The bulk while others write there; what they wrote meanwhile, while nobody does.
            IF moved > 0 THEN
                EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
                EXECUTE move;
            END IF;
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, partition, since, until);
            RETURN true;
        EXCEPTION
            -- Somebody reads the default partition for long (a backup), or rows of that span came just now: rows stay
            -- there and are moved later.
            WHEN lock_not_available OR check_violation THEN RETURN false;
        END $$;

        CREATE FUNCTION ensure_partitions(since timestamptz, until timestamptz) RETURNS integer
        LANGUAGE plpgsql AS $$
        DECLARE
            first_day timestamp := date_trunc('day', since AT TIME ZONE 'UTC');
            last_day timestamp := date_trunc('day', until AT TIME ZONE 'UTC');
            starts timestamp := first_day;
            made integer := 0;
        BEGIN
            IF last_day - first_day > interval '4000 days' THEN
                RAISE EXCEPTION 'partitions for % to % are more than 4000 days at once', since, until
                    USING ERRCODE = '54000';
            END IF;
            WHILE starts <= last_day LOOP
                made := made + ensure_partition(
                    'sensor_readings', 'sensor_readings_' || to_char(starts, 'YYYYMMDD'),
                    starts AT TIME ZONE 'UTC', (starts + interval '1 day') AT TIME ZONE 'UTC')::integer;
                made := made + ensure_partition(
                    'rollup_minutes', 'rollup_minutes_' || to_char(starts, 'YYYYMMDD'),
                    starts AT TIME ZONE 'UTC', (starts + interval '1 day') AT TIME ZONE 'UTC')::integer;
                starts := starts + interval '1 day';
            END LOOP;
            starts := date_trunc('month', first_day);
            WHILE starts <= last_day LOOP
                made := made + ensure_partition(
                    'rollup_hours', 'rollup_hours_' || to_char(starts, 'YYYYMM'),
                    starts AT TIME ZONE 'UTC', (starts + interval '1 month') AT TIME ZONE 'UTC')::integer;
                starts := starts + interval '1 month';
            END LOOP;
            RETURN made;
        END $$;
        COMMENT ON FUNCTION ensure_partitions(timestamptz, timestamptz) IS
            'Makes the partitions of the readings and rollups of a span of event times; says how many were missing. '
            'What would not fit goes to the default partition, so nothing is ever refused for want of one.';

        CREATE VIEW partitions AS
            SELECT parent.relname::text AS parent, child.relname::text AS partition,
                to_timestamp(substring(child.relname from '[0-9]+$')
                    || CASE parent.relname WHEN 'rollup_hours' THEN '01' ELSE '' END || ' 00:00+00',
                    'YYYYMMDD HH24:MI TZH') AS start_time,
                to_timestamp(substring(child.relname from '[0-9]+$')
                    || CASE parent.relname WHEN 'rollup_hours' THEN '01' ELSE '' END || ' 00:00+00',
                    'YYYYMMDD HH24:MI TZH')
                    + CASE parent.relname WHEN 'rollup_hours' THEN interval '1 month' ELSE interval '1 day' END
                    AS end_time
            FROM pg_inherits
            JOIN pg_class parent ON parent.oid = inhparent
            JOIN pg_class child ON child.oid = inhrelid
            WHERE parent.oid IN (
                to_regclass('sensor_readings'), to_regclass('rollup_minutes'), to_regclass('rollup_hours'))
                AND child.relname ~ '_[0-9]{6,8}$';
        COMMENT ON VIEW partitions IS 'The partitions by day and by month, and the times that they hold.';

        CREATE FUNCTION drop_partition(partition text) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM partitions WHERE partitions.partition = drop_partition.partition) THEN
                RAISE EXCEPTION '"%" is no partition of a day or a month', partition USING ERRCODE = '42809';
            END IF;
            EXECUTE format('DROP TABLE %I', partition);
        END $$;
        COMMENT ON FUNCTION drop_partition(text) IS
            'Removes one partition by day or by month; what it held is gone. Called by retention.';

        DO $$
        DECLARE
            called text;
        BEGIN
            FOREACH called IN ARRAY ARRAY['ensure_partitions(timestamptz, timestamptz)', 'drop_partition(text)'] LOOP
                EXECUTE format(
                    'ALTER FUNCTION %s SECURITY DEFINER SET search_path = %I, pg_temp', called, current_schema());
                EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', called);
            END LOOP;
        END $$;
        """
}
