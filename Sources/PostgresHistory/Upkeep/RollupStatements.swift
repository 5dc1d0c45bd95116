import TwinCore

/// The SQL that makes rollups: whole sets at once, each bucket anew from what it is made of.
///
/// A set that is made twice ends with the same rows.
enum RollupStatements {
    /// The values that count: plausible, and small enough for the sum of their squares to be a number.
    static let counts = """
        processed_value IS NOT NULL AND abs(processed_value) <= \(Bucket.Point.largestMagnitude)
            AND quality NOT IN ('critical', 'error')
        """

    /// The oldest steps of the feed whose readings are in no rollup.
    static let pendingSteps = """
        SELECT step_id, after_position, through_position, earliest, latest FROM feed_steps ORDER BY step_id LIMIT $1
        """

    /// Makes the minutes that readings of some places in the journals' order lie in, each once, and marks what they are
    /// part of.
    ///
    /// Of each run of places: `$1`, `$2` behind and up to which place, `$3`, `$4` the earliest and latest event time in
    /// milliseconds. `$5`, `$6` are the earliest and latest of all, `$7`, `$8` from when to when the minutes go: constants
    /// let the planner leave partitions out.
    static let minutesOfSteps = """
        WITH touched AS MATERIALIZED (
            SELECT DISTINCT reading.sensor_id, utc_minute(reading.event_time) AS start_time
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
                AS run (after_position, through_position, earliest_ms, latest_ms)
            CROSS JOIN LATERAL (
                SELECT sensor_id, event_time FROM sensor_readings
                WHERE position > run.after_position AND position <= run.through_position
                    AND event_time >= from_unix_ms(run.earliest_ms) AND event_time <= from_unix_ms(run.latest_ms)
                    AND event_time BETWEEN $5 AND $6 AND event_time >= (SELECT frozen_before(0))
                OFFSET 0) AS reading),
        made AS (\(minutes(of: "touched", between: "$7 AND $8"))),
        stored AS (
            INSERT INTO rollup_minutes (sensor_id, \(RollupLevel.columns)) SELECT * FROM made
            ON CONFLICT (sensor_id, start_time, unit) DO UPDATE SET
                count = excluded.count, mean = excluded.mean, squared_deviations = excluded.squared_deviations,
                minimum = excluded.minimum, maximum = excluded.maximum, first_time = excluded.first_time,
                first_value = excluded.first_value, last_time = excluded.last_time, last_value = excluded.last_value)
        INSERT INTO stale_rollups (sensor_id, level, start_time)
        SELECT DISTINCT sensor_id, level, above.start_time FROM touched, stale_above(touched.start_time) AS above
        ON CONFLICT DO NOTHING
        """

    /// Makes stale minutes again: `$1` the sensors, `$2` the starts in milliseconds, `$3`, `$4` the span they lie in.
    static let staleMinutes = """
        WITH touched AS MATERIALIZED (
            SELECT sensor_id::integer, from_unix_ms(start_ms) AS start_time
            FROM unnest($1::bigint[], $2::bigint[]) AS wanted (sensor_id, start_ms)
            WHERE from_unix_ms(start_ms) >= (SELECT frozen_before(0)))
        INSERT INTO rollup_minutes (sensor_id, \(RollupLevel.columns))
        \(minutes(of: "touched", between: "$3 AND $4"))
        """

    /// Marks what stale minutes are part of: `$1` the sensors, `$2` the starts in milliseconds.
    ///
    /// Who marked them has done so, too, but perhaps by the calendar of another time zone.
    static let markAbove = """
        INSERT INTO stale_rollups (sensor_id, level, start_time)
        SELECT DISTINCT sensor_id::integer, above.level, above.start_time
        FROM unnest($1::bigint[], $2::bigint[]) AS wanted (sensor_id, start_ms),
            stale_above(from_unix_ms(start_ms)) AS above
        WHERE from_unix_ms(start_ms) >= (SELECT frozen_before(0))
        ON CONFLICT DO NOTHING
        """

    /// Forgets stale buckets that stay as they are, because what they were made of was removed.
    static let thaw = """
        DELETE FROM stale_rollups WHERE level = 0 AND start_time < (SELECT frozen_before(0))
            OR level BETWEEN 1 AND 4 AND start_time < (SELECT frozen_before(1))
        """

    /// Forgets days, weeks and months that the calendar does not have: another time zone's, marked while it changed.
    static let forgetStrays = """
        DELETE FROM stale_rollups stale WHERE level > 1 AND NOT EXISTS (
            SELECT FROM calendar_spans span WHERE span.level = stale.level AND span.start_time = stale.start_time)
        """

    private static func minutes(of touched: String, between span: String) -> String {
        """
        SELECT sensor_id, start_time, unit, count(*), avg(processed_value),
            var_pop(processed_value) * count(*), min(processed_value), max(processed_value), min(event_time),
            (array_agg(processed_value ORDER BY event_time, position))[1], max(event_time),
            (array_agg(processed_value ORDER BY event_time DESC, position DESC))[1]
        FROM (
            SELECT touched.sensor_id, touched.start_time, coalesce(reading.unit, sensor.unit) AS unit,
                reading.event_time, reading.position, reading.processed_value
            FROM \(touched) AS touched
            JOIN sensors AS sensor ON sensor.sensor_id = touched.sensor_id
            CROSS JOIN LATERAL (
                SELECT * FROM sensor_readings
                WHERE sensor_id = touched.sensor_id AND event_time >= touched.start_time
                    AND event_time < touched.start_time + interval '1 minute'
                    AND event_time BETWEEN \(span) AND \(counts)
                OFFSET 0) AS reading) AS value
        GROUP BY sensor_id, start_time, unit
        """
    }

    /// Stale buckets of a level that may be made: their time is over and nothing finer within them is stale.
    ///
    /// `$1` is the time that counts as now, `$2` how many at most.
    static func due(_ level: RollupLevel) -> String {
        let (span, end, finer) =
            switch level {
            case .minute: ("", "stale.start_time + interval '1 minute'", "")
            case .hour:
                (
                    "", "stale.start_time + interval '1 hour'",
                    "finer.level = 0"
                )
            case .day: (calendar, "span.end_time", "finer.level IN (0, 1)")
            case .week, .month: (calendar, "span.end_time", "finer.level IN (0, 1, 2)")
            }
        let isOver = level == .minute ? "true" : "\(end) <= $1"
        let isMade =
            finer.isEmpty
            ? "true"
            : """
            NOT EXISTS (
                SELECT FROM stale_rollups finer WHERE finer.sensor_id = stale.sensor_id AND \(finer)
                AND finer.start_time >= utc_hour(stale.start_time) AND finer.start_time < \(end))
            """
        return """
            SELECT stale.sensor_id, stale.start_time, \(end) AS end_time FROM stale_rollups stale \(span)
            WHERE stale.level = \(level.rawValue) AND $1::timestamptz IS NOT NULL AND \(isOver) AND \(isMade)
            ORDER BY stale.start_time, stale.sensor_id LIMIT $2
            """
    }

    private static let calendar =
        "JOIN calendar_spans span ON span.level = stale.level AND span.start_time = stale.start_time"

    /// Takes marks away: `$1` the sensors, `$2` the starts in milliseconds.
    ///
    /// Waits for those who marked a bucket once more, so that what follows sees what they stored.
    static func unmark(_ level: RollupLevel) -> String {
        """
        DELETE FROM stale_rollups stale USING unnest($1::bigint[], $2::bigint[]) AS wanted (sensor_id, start_ms)
        WHERE stale.level = \(level.rawValue) AND stale.sensor_id = wanted.sensor_id
            AND stale.start_time = from_unix_ms(start_ms)
        """
    }

    /// Removes buckets: `$1` the sensors, `$2` the starts in milliseconds, `$3`, `$4` the span they lie in.
    static func remove(_ level: RollupLevel) -> String {
        """
        DELETE FROM \(level.table) bucket USING unnest($1::bigint[], $2::bigint[]) AS wanted (sensor_id, start_ms)
        WHERE bucket.sensor_id = wanted.sensor_id AND bucket.start_time = from_unix_ms(start_ms)
            AND bucket.start_time BETWEEN $3 AND $4
            AND bucket.start_time >= (SELECT frozen_before(\(level.rawValue)))
        """
    }

    /// Adds buckets up to coarser ones: `$1` the sensors, `$2`, `$3` starts and ends in milliseconds, `$4`, `$5` the
    /// span they all lie in.
    ///
    /// The deviations of the parts' means from the common mean are added to the parts' own (Chan, Golub, LeVeque 1979).
    static func make(_ level: RollupLevel) -> String {
        """
        WITH wanted AS MATERIALIZED (
            SELECT sensor_id::integer, from_unix_ms(start_ms) AS wanted_start, from_unix_ms(end_ms) AS wanted_end
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS wanted (sensor_id, start_ms, end_ms)
            WHERE from_unix_ms(start_ms) >= (SELECT frozen_before(\(level.rawValue)))),
        part AS (\(parts(of: level))),
        weighed AS (
            SELECT *, sum(mean * count) OVER bucket / (sum(count) OVER bucket)::double precision AS common_mean
            FROM part WINDOW bucket AS (PARTITION BY sensor_id, wanted_start, unit))
        INSERT INTO \(level.table) (sensor_id, \(RollupLevel.columns))
        SELECT sensor_id, wanted_start, unit, sum(count), min(common_mean),
            sum(squared_deviations + count * (mean - common_mean) * (mean - common_mean)),
            min(minimum), max(maximum), min(first_time), (array_agg(first_value ORDER BY first_time))[1],
            max(last_time), (array_agg(last_value ORDER BY last_time DESC))[1]
        FROM weighed GROUP BY sensor_id, wanted_start, unit
        """
    }

    private static func parts(of level: RollupLevel) -> String {
        switch level {
        case .minute, .hour: parts(.minute, from: "wanted_start", to: "wanted_end")
        case .week, .month: parts(.day, from: "wanted_start", to: "wanted_end")
        case .day:
            // Where the zone is not a whole number of hours from UTC, a day begins and ends in the middle of an hour.
            [
                parts(.hour, from: firstHour, to: "utc_hour(wanted_end)"),
                parts(.minute, from: "wanted_start", to: "least(\(firstHour), wanted_end)"),
                parts(.minute, from: "greatest(utc_hour(wanted_end), \(firstHour))", to: "wanted_end"),
            ].joined(separator: " UNION ALL ")
        }
    }

    private static let firstHour = "utc_hour(wanted_start + interval '59 minutes 59.999 seconds')"

    private static func parts(_ level: RollupLevel, from start: String, to end: String) -> String {
        """
        SELECT wanted_start, part.* FROM wanted CROSS JOIN LATERAL (
            SELECT sensor_id, \(RollupLevel.columns) FROM \(level.table)
            WHERE sensor_id = wanted.sensor_id AND start_time >= \(start) AND start_time < \(end)
                AND start_time BETWEEN $4 AND $5
            OFFSET 0) AS part
        """
    }
}
