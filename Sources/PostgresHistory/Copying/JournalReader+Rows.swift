import Foundation
import TwinCore
import TwinRuntime

extension JournalReader {
    /// Facts and samples behind a sequence number, and the number up to which they are.
    ///
    /// Where there are none, the window grows: retention may have removed millions.
    func rows(after first: UInt64, _ window: UInt64) async throws -> (FeedBatch, through: UInt64) {
        var (size, last) = (window, first)
        while true {
            let after = last
            last = min(after + size, journal.through)
            let batch = try await piece(after: after, through: last)
            guard batch.isEmpty, last < journal.through else { return (batch, last) }
            size = min(size * 2, Self.widestWindow)
        }
    }

    /// The most sequence numbers that are looked at together where no row was found before.
    private static let widestWindow: UInt64 = 200_000

    private func piece(after: UInt64, through: UInt64) async throws -> FeedBatch {
        let results = try await link.transaction(
            [
                .statement(
                    """
                    SELECT \(ReadingColumns.list), sensor_id FROM sensor_readings
                    WHERE \(line.holds(after: after, through: through))
                    """),
                .statement(
                    """
                    SELECT position, processed_value, model_version, calibration, quality::text, unit
                    FROM original_readings WHERE \(line.holds(after: after, through: through))
                    """),
                .statement(
                    """
                    SELECT position, event_time, uptime_ms, device_id, body, hash FROM facts
                    WHERE \(line.holds(after: after, through: through))
                    """),
                .statement(
                    "SELECT position, received_at FROM clock_turns "
                        + "WHERE \(line.holds(after: after, through: through)) ORDER BY position"),
            ], deadlineMilliseconds: Self.deadlineMilliseconds)
        var batch = FeedBatch(through: FeedCheckpoint(sequence: through))
        batch.sensors = try await sensors(of: results[0])
        batch.readings = try Self.readings(results[0], batch.sensors, originals: results[1])
        batch.facts = try Self.facts(results[2])
        batch.clockTurns = try (0..<results[3].count).map { row in
            FeedClockTurn(
                sequence: JournalLine.sequence(of: try results[3].wholeNumber(row, 0)),
                time: try results[3].moment(row, 1))
        }
        return batch
    }

    private func sensors(of rows: PostgresRows) async throws -> [StoredSensor] {
        let numbers = try Set((0..<rows.count).map { try rows.wholeNumber($0, ReadingColumns.count) }).sorted()
        guard !numbers.isEmpty else { return [] }
        let sensors = try await ask(
            """
            SELECT sensor_id, device_id, gpio, sensor_type, address, unit FROM sensors
            WHERE sensor_id = ANY ($1::bigint[])
            """, [.integers(numbers)])
        return try (0..<sensors.count).map { row in try PostgresHistoryStore.sensor(sensors, row) }
    }

    private static func readings(
        _ rows: PostgresRows, _ sensors: [StoredSensor], originals: PostgresRows
    ) throws -> [FeedReading] {
        let units = Dictionary(sensors.map { ($0.number, $0.unit) }, uniquingKeysWith: { $1 })
        var changed: [UInt64: Int] = [:]
        for row in 0..<originals.count {
            changed[JournalLine.sequence(of: try originals.wholeNumber(row, 0))] = row
        }
        let readings = try (0..<rows.count).map { row in
            let sensor = try rows.wholeNumber(row, ReadingColumns.count)
            guard let unit = units[sensor] else {
                throw PostgresFailure(.misused, "a reading is of the sensor \(sensor), which has no row in sensors")
            }
            var reading = FeedReading(
                sequence: JournalLine.sequence(of: try rows.wholeNumber(row, 2)), sensor: sensor,
                moment: try ReadingColumns.moment(rows, row), sample: try ReadingColumns.sample(rows, row, unit: unit))
            if let place = changed[reading.sequence] {
                reading.original = try original(of: reading.sample, originals, place, unit: unit)
            }
            return reading
        }
        return readings.sorted { $0.sequence < $1.sequence }
    }

    private static func original(
        of sample: Sample, _ rows: PostgresRows, _ row: Int, unit: String
    ) throws -> Sample {
        var original = sample
        original.value = try rows.double(row, 1)
        let (version, calibration) = (try rows.integer(row, 2), try rows.integer(row, 3) ?? 0)
        original.model = version.map {
            ModelStamp(
                version: UInt32(truncatingIfNeeded: $0), calibration: UInt32(truncatingIfNeeded: calibration))
        }
        original.quality = try ReadingColumns.quality(try rows.words(row, 4))
        original.unit = try rows.text(row, 5).map { StoredText.text($0) } ?? unit
        return original
    }

    private static func facts(_ rows: PostgresRows) throws -> [FeedFact] {
        let decoder = JSONDecoder()
        return try (0..<rows.count).map { row in
            let sequence = JournalLine.sequence(of: try rows.wholeNumber(row, 0))
            let name = try rows.text(row, 3)
            let body = try rows.words(row, 4)
            guard let event = try? decoder.decode(Event.self, from: Data(body.utf8)) else {
                throw PostgresFailure(.misused, "the fact \(sequence) in PostgreSQL cannot be read: it was changed")
            }
            let device = name.flatMap { DeviceID($0) }
            guard name == nil || device != nil else {
                throw PostgresFailure(.misused, "the fact \(sequence) in PostgreSQL names no device: '\(name ?? "")'")
            }
            let moment = Moment(
                time: try rows.moment(row, 1), uptime: Uptime(milliseconds: try rows.wholeNumber(row, 2)))
            return FeedFact(
                sequence: sequence, fact: Fact(device: device, moment: moment, event: event), body: body,
                safetyHash: try rows.bytes(row, 5))
        }.sorted { $0.sequence < $1.sequence }
    }
}
