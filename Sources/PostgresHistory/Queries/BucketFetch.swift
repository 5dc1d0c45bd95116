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
            return .statement(
                """
                SELECT greatest(min(earliest), $1), least(max(latest), $2), min(after_position) FROM feed_steps
                WHERE earliest < $2 AND latest >= $1
                """, [.time(span.lowerBound), .time(span.upperBound)])
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

    /// Where readings of a span lie that no rollup knows: what steps of the feed say that reach into it.
    ///
    /// Everything behind the oldest of those steps counts as young: too much is slower, and never wrong. Old spans are
    /// in no step, so of those no reading is looked at.
    struct YoungSpan {
        private let earliest: UnixTime
        private let latest: UnixTime
        private let after: Int64

        /// Reads the answer to the statement of ``RollupPlan/Fetch/young(_:)``; `nil` where there is no such step.
        init?(_ rows: PostgresRows) throws(PostgresFailure) {
            guard let after = try rows.integer(0, 2) else { return nil }
            earliest = try rows.moment(0, 0)
            latest = try rows.moment(0, 1)
            self.after = after
        }

        /// Asks for the minutes in which a sensor has such readings.
        ///
        /// The bounds are constants, so that the planner leaves partitions out: it takes milliseconds for each that it
        /// gets to know.
        func statement(of sensor: StoredSensor) -> PostgresStep {
            .statement(
                """
                SELECT DISTINCT utc_minute(event_time) FROM sensor_readings
                WHERE sensor_id = $1 AND event_time >= $2 AND event_time <= $3 AND position > $4
                """, [.integer(sensor.number), .time(earliest), .time(latest), .integer(after)])
        }
    }

    /// Hands the answer over; what it holds beside what is wanted is left out.
    static func take(
        _ rows: PostgresRows, of fetch: RollupPlan.Fetch, usualUnit: String, into plan: inout RollupPlan
    ) throws(PostgresFailure) {
        switch fetch {
        case .stale(let level, _):
            for row in 0..<rows.count { plan.take(stale: try rows.moment(row, 0), of: level) }
        case .young:
            for row in 0..<rows.count { plan.take(young: try rows.moment(row, 0)) }
        case .buckets(_, let spans):
            var place = SpanPlace(spans)
            for row in 0..<rows.count where place.holds(try rows.moment(row, 0)) { plan.take(try bucket(rows, row)) }
        case .samples(let spans):
            var place = SpanPlace(spans)
            for row in 0..<rows.count {
                let point = Bucket.Point(time: try rows.moment(row, 0), value: try rows.number(row, 1))
                guard place.holds(point.time) else { continue }
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

/// Where in a row of spans one is that asks for times in order.
private struct SpanPlace {
    private var spans: ArraySlice<Range<UnixTime>>

    init(_ spans: [Range<UnixTime>]) { self.spans = spans[...] }

    /// Whether one of the spans holds a time; no earlier one is asked for from now on.
    mutating func holds(_ time: UnixTime) -> Bool {
        while let first = spans.first, first.upperBound <= time { spans.removeFirst() }
        return spans.first?.contains(time) ?? false
    }
}
