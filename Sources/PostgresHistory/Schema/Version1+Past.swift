extension Version1 {
    /// What twins are rebuilt from, now and as of an instant.
    static let past = """
        CREATE TABLE twins (
            device_id text COLLATE "C" PRIMARY KEY,
            position bigint NOT NULL,
            body json NOT NULL
        );
        COMMENT ON TABLE twins IS
            'Each twin whole, as it stood at "position", word for word as the journal keeps it, but for emergency tokens.';

        CREATE TABLE twin_snapshots (
            device_id text COLLATE "C" NOT NULL,
            position bigint NOT NULL,
            first_position bigint,
            taken_at timestamptz NOT NULL,
            body json NOT NULL,
            PRIMARY KEY (device_id, position)
        );
        CREATE INDEX twin_snapshots_by_time ON twin_snapshots (taken_at);
        COMMENT ON TABLE twin_snapshots IS
            'Twins as they stood in the past, one a device and hour or 1,000 facts; with the facts behind them any '
            'moment can be shown.';
        COMMENT ON COLUMN twin_snapshots.position IS 'The place of the last fact in it.';
        COMMENT ON COLUMN twin_snapshots.first_position IS
            'The place of the device''s first fact that the snapshot before does not hold; NULL where nobody knows.';
        COMMENT ON COLUMN twin_snapshots.taken_at IS 'When the last fact in it was received.';

        CREATE TABLE clock_turns (position bigint PRIMARY KEY, received_at timestamptz NOT NULL);
        COMMENT ON TABLE clock_turns IS
            'Where Doppel''s wall clock was set back: the first fact after it, and when that was received.';

        CREATE TABLE original_readings (
            position bigint PRIMARY KEY,
            event_time timestamptz NOT NULL,
            processed_value double precision,
            model_version integer,
            calibration integer,
            quality reading_quality NOT NULL,
            unit text
        );
        CREATE INDEX original_readings_by_time ON original_readings (event_time);
        COMMENT ON TABLE original_readings IS
            'What samples were before they were ever computed again: the past shows what was shown then.';
        COMMENT ON COLUMN original_readings.unit IS 'The unit, where it is not the sensor''s usual one.';
        """
}
