import TwinCore
import TwinRuntime

/// The question for samples of one sensor or several, as SQL.
///
/// Each sensor is read along its own path, from the place that was asked for, no further than the limit. Samples of one
/// event time are ordered by the numbers that their journals gave them, as in the embedded store, which knows nothing
/// of the places that those numbers have here.
struct SampleStatement {
    /// The number that a row's journal gave it.
    private static let number = "(position & \((1 as Int64) << SamplePlace.numberBits - 1))"

    let sql: String
    let values: [PostgresValue]

    init(_ query: SampleQuery, sensors: [Int64]) {
        let order: String
        let isBehind: String
        let number = Self.number
        var from = query.from ?? UnixTime(milliseconds: .min)
        var to = query.to ?? UnixTime(milliseconds: .max)
        switch query.order {
        case .newestFirst:
            order = "event_time DESC, \(number) DESC, position DESC"
            isBehind = "<"
            // The path knows the time only; what else lies at the time of the place is looked at and left out.
            if let after = query.after { to = min(to, after.eventTime.advanced(byMilliseconds: 1)) }
        case .oldestFirst:
            order = "event_time, \(number), position"
            isBehind = ">"
            if let after = query.after { from = max(from, after.eventTime) }
        }
        let place =
            query.after == nil
            ? "" : "AND (event_time, \(number), position) \(isBehind) ($5::timestamptz, $6::bigint, $7::bigint)"
        sql = """
            SELECT wanted.sensor_id, reading.* FROM unnest($1::bigint[]) AS wanted (sensor_id)
            CROSS JOIN LATERAL (
                SELECT \(ReadingColumns.list) FROM sensor_readings
                WHERE sensor_id = wanted.sensor_id AND event_time >= $2 AND event_time < $3 \(place)
                ORDER BY \(order) LIMIT $4) AS reading
            ORDER BY \(order) LIMIT $4
            """
        var values: [PostgresValue] = [.integers(sensors), .time(from), .time(to), .integer(Int64(query.limit))]
        if let after = query.after {
            values += [
                .time(after.eventTime), .integer(Int64(after.number)),
                .integer(Self.position(of: after) ?? (query.order == .oldestFirst ? .max : .min)),
            ]
        }
        self.values = values
    }

    /// Where a row stands in the order of the journals, as part of its place.
    static func sequence(of position: Int64) -> UInt64 {
        UInt64(bitPattern: position) &+ 1 << SamplePlace.numberBits
    }

    /// The row at a place; `nil` where the embedded store named it, which knows the journal's number only.
    private static func position(of place: SamplePlace) -> Int64? {
        place.journal == 0 ? nil : Int64(clamping: place.sequence - 1 << SamplePlace.numberBits)
    }
}
