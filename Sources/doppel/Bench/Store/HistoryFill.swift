import PostgresHistory
import TwinCore

/// A large history, made by the database itself.
///
/// Every sensor says something at the same even interval. Hours are made from the readings; minutes are left out, as a
/// question about whole hours looks at none.
struct HistoryFill: Sendable {
    /// 2025-05-01T00:00:00Z, where the readings begin: whole months follow.
    static let begin = UnixTime(milliseconds: 1_746_057_600_000)
    private static let dayMilliseconds: Int64 = 86_400_000
    /// The days of May, and those of a year from then on.
    private static let fewestDays = 31
    private static let mostDays = 365
    /// How much of a disk a row takes with its indexes, and how much what is written ahead of it, in bytes.
    private static let (rowBytes, logBytes): (Int64, Int64) = (200, 400)
    /// What a server takes without a row, and how much is written ahead at most, in bytes.
    private static let (emptyBytes, mostLogBytes): (Int64, Int64) = (200_000_000, 4_300_000_000)
    /// How often the state is told, in days.
    private static let tellEvery = 30

    let rows: Int
    let sensors: Int

    /// How much of a disk a private server takes that holds it, in bytes.
    var diskBytes: Int64 {
        Self.emptyBytes + Int64(rows) * Self.rowBytes + min(Int64(rows) * Self.logBytes, Self.mostLogBytes)
    }

    /// How many readings each sensor has.
    var readingsPerSensor: Int { max(1, rows / sensors) }
    /// How many days they go over: a reading an hour at least, a year at most.
    var days: Int { min(Self.mostDays, max(Self.fewestDays, readingsPerSensor / 24)) }
    /// How far two readings of a sensor are apart, in milliseconds.
    var intervalMilliseconds: Int64 { Int64(days) * Self.dayMilliseconds / Int64(readingsPerSensor) }

    /// The months that are filled as a whole.
    var months: [Range<UnixTime>] {
        let calendar = SiteCalendar.utc
        let end = Self.begin.advanced(byMilliseconds: Int64(days) * Self.dayMilliseconds)
        var months: [Range<UnixTime>] = []
        var month = calendar.bucket(.month, containing: Self.begin)
        while month.upperBound <= end {
            months.append(month)
            month = calendar.bucket(.month, containing: month.upperBound)
        }
        return months
    }

    /// How many readings a sensor has within a span.
    func count(within span: Range<UnixTime>) -> Int {
        let before = { (time: UnixTime) -> Int64 in
            let distance = time.milliseconds - Self.begin.milliseconds
            return min(max(0, (distance + intervalMilliseconds - 1) / intervalMilliseconds), Int64(readingsPerSensor))
        }
        return Int(before(span.upperBound) - before(span.lowerBound))
    }

    /// Fills an empty database.
    func fill(_ database: BareConnection) throws {
        try database.run(Self.sensorRows(sensors))
        for day in 0..<days {
            let from = Self.begin.advanced(byMilliseconds: Int64(day) * Self.dayMilliseconds)
            let first = (Int64(day) * Self.dayMilliseconds + intervalMilliseconds - 1) / intervalMilliseconds
            let next = (Int64(day + 1) * Self.dayMilliseconds + intervalMilliseconds - 1) / intervalMilliseconds
            try database.run(
                "SELECT ensure_partitions(from_unix_ms(\(from.milliseconds)), from_unix_ms(\(from.milliseconds)))")
            try database.run(readings(first..<min(next, Int64(readingsPerSensor))))
            try database.run(Self.hours(from))
            guard (day + 1).isMultiple(of: Self.tellEvery) else { continue }
            Console.standard.tell("\(day + 1) of \(days) days are filled")
        }
        try database.run("VACUUM ANALYZE")
        try database.run("CHECKPOINT")
    }

    private static func sensorRows(_ count: Int) -> String {
        let rows = (1...count).map { number in
            let sensor = StoreSensor(number: number)
            return "(\(number), '\(sensor.device)', \(sensor.key.gpio), '\(sensor.key.type)', '°C')"
        }
        return
            "INSERT INTO sensors (sensor_id, device_id, gpio, sensor_type, unit) VALUES \(rows.joined(separator: ","))"
    }

    private func readings(_ steps: Range<Int64>) -> String {
        """
        INSERT INTO sensor_readings (event_time, receipt_time, position, digest, uptime_ms, raw_value,
            processed_value, sensor_id, quality, processing_mode, model_version, reported_quality, is_timely)
        SELECT at, at + interval '25 milliseconds', step * \(sensors) + sensor,
            hashint8extended(step * \(sensors) + sensor, 0), step * \(intervalMilliseconds), 320 + step % 97,
            (320 + step % 97)::float8 / 16 + sensor::float8 / 100, sensor, 'good', 'pi_enhanced', 1, 'good', true
        FROM generate_series(\(steps.lowerBound)::bigint, \(steps.upperBound - 1)::bigint) AS step,
            from_unix_ms(\(Self.begin.milliseconds) + step * \(intervalMilliseconds)) AS at,
            generate_series(1, \(sensors)) AS sensor
        """
    }

    private static func hours(_ day: UnixTime) -> String {
        """
        INSERT INTO rollup_hours (sensor_id, start_time, unit, count, mean, squared_deviations, minimum, maximum,
            first_time, first_value, last_time, last_value)
        SELECT sensor_id, utc_hour(event_time), '°C', count(*), avg(processed_value),
            var_pop(processed_value) * count(*), min(processed_value), max(processed_value), min(event_time),
            (array_agg(processed_value ORDER BY event_time))[1], max(event_time),
            (array_agg(processed_value ORDER BY event_time DESC))[1]
        FROM sensor_readings WHERE event_time >= from_unix_ms(\(day.milliseconds))
            AND event_time < from_unix_ms(\(day.milliseconds + dayMilliseconds))
        GROUP BY 1, 2
        """
    }
}
