import TwinCore
import TwinRuntime

/// What a ``RollupPlan`` wants to know of one sensor, as SQL, and how the answer is handed over.
enum BucketFetch {
    /// The question.
    static func statement(_ fetch: RollupPlan.Fetch, of sensor: StoredSensor) -> PostgresStep {
        let number = PostgresValue.integer(sensor.number)
        switch fetch {
        case .stale(let level, let span):
            return .statement(
                """
                SELECT start_time FROM stale_rollups
                WHERE sensor_id = $1 AND level = \(level.rawValue) AND start_time >= $2 AND start_time < $3
                """, [number, .time(span.lowerBound), .time(span.upperBound)])
        case .young(let span):
            // Everything behind the oldest step counts as young: too much is slower, and never wrong.
            return .statement(
                """
                SELECT DISTINCT utc_minute(event_time) FROM sensor_readings
                WHERE sensor_id = $1 AND event_time >= $2 AND event_time < $3
                    AND event_time >= (SELECT min(earliest) FROM feed_steps)
                    AND event_time <= (SELECT max(latest) FROM feed_steps)
                    AND position > (SELECT min(after_position) FROM feed_steps)
                """, [number, .time(span.lowerBound), .time(span.upperBound)])
        case .buckets(let level, let spans):
            return .statement(
                """
                SELECT bucket.* FROM unnest($2::bigint[], $3::bigint[]) AS span (start_ms, end_ms)
                CROSS JOIN LATERAL (
                    SELECT \(RollupLevel.columns) FROM \(level.table)
                    WHERE sensor_id = $1 AND start_time >= from_unix_ms(start_ms) AND start_time < from_unix_ms(end_ms)
                        AND start_time >= $4 AND start_time < $5
                    OFFSET 0) AS bucket
                ORDER BY start_time, unit
                """, [number] + bounds(of: spans))
        case .samples(let spans):
            return .statement(
                """
                SELECT sample.* FROM unnest($2::bigint[], $3::bigint[]) AS span (start_ms, end_ms)
                CROSS JOIN LATERAL (
                    SELECT event_time, processed_value, unit, position FROM sensor_readings
                    WHERE sensor_id = $1 AND event_time >= from_unix_ms(start_ms) AND event_time < from_unix_ms(end_ms)
                        AND event_time >= $4 AND event_time < $5 AND \(RollupStatements.counts)
                    OFFSET 0) AS sample
                ORDER BY event_time, position
                """, [number] + bounds(of: spans))
        }
    }

    /// Hands the answer over.
    static func take(
        _ rows: PostgresRows, of fetch: RollupPlan.Fetch, usualUnit: String, into plan: inout RollupPlan
    ) throws(PostgresFailure) {
        switch fetch {
        case .stale(let level, _):
            for row in 0..<rows.count { plan.take(stale: try rows.moment(row, 0), of: level) }
        case .young:
            for row in 0..<rows.count { plan.take(young: try rows.moment(row, 0)) }
        case .buckets:
            for row in 0..<rows.count { plan.take(try bucket(rows, row)) }
        case .samples:
            for row in 0..<rows.count {
                let point = Bucket.Point(time: try rows.moment(row, 0), value: try rows.number(row, 1))
                plan.take(point, unit: try rows.text(row, 2).map { StoredText.text($0) } ?? usualUnit)
            }
        }
    }

    /// The spans as two arrays, and from where to where they go in all: that lets the planner leave partitions out.
    private static func bounds(of spans: [Range<UnixTime>]) -> [PostgresValue] {
        [
            .integers(spans.map(\.lowerBound.milliseconds)), .integers(spans.map(\.upperBound.milliseconds)),
            .time(spans.map(\.lowerBound).min() ?? UnixTime(milliseconds: 0)),
            .time(spans.map(\.upperBound).max() ?? UnixTime(milliseconds: 0)),
        ]
    }

    private static func bucket(_ rows: PostgresRows, _ row: Int) throws(PostgresFailure) -> Bucket {
        Bucket(
            start: try rows.moment(row, 0), unit: StoredText.text(try rows.words(row, 1)),
            count: Int(try rows.wholeNumber(row, 2)), mean: try rows.number(row, 3),
            squaredDeviations: try rows.number(row, 4), minimum: try rows.number(row, 5),
            maximum: try rows.number(row, 6),
            first: Bucket.Point(time: try rows.moment(row, 7), value: try rows.number(row, 8)),
            last: Bucket.Point(time: try rows.moment(row, 9), value: try rows.number(row, 10)))
    }
}
