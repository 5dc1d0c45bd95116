import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// The facts of the site and of the devices within a range of ids, in order.
struct PastFacts {
    private let db: Database
    private let first: String
    private let last: String
    private let recovery: RecoveryReader

    init(from first: DeviceID, to last: DeviceID, _ db: Database) {
        self.db = db
        self.first = first.description
        self.last = last.description
        recovery = RecoveryReader(sensors: SensorRegistry())
    }

    /// Facts of the site alone.
    func site(after low: Int64, through high: Int64, _ take: (PastStretch.Step) throws -> Void) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT sequence, device, unix_ms, uptime_ms, body FROM facts
                WHERE device IS NULL AND kind = 'run_started' AND sequence > ? AND sequence <= ? ORDER BY sequence
                """, arguments: [low, high])
        while let row = try rows.next() {
            let (sequence, fact) = try recovery.fact(row)
            try take(.fact(fact, sequence: sequence))
        }
    }

    /// All facts, samples as they were before they were ever computed again.
    func all(after low: Int64, through high: Int64, _ take: (PastStretch.Step) throws -> Void) throws {
        let arguments: StatementArguments = ["low": low, "high": high, "first": first, "last": last]
        let facts = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT sequence, device, unix_ms, uptime_ms, body FROM facts
                    WHERE sequence > :low AND sequence <= :high AND (device IS NULL OR +device BETWEEN :first AND :last)
                    ORDER BY sequence
                    """), arguments: arguments)
        let samples = try Row.fetchCursor(
            db.cachedStatement(sql: Self.samples), arguments: arguments)
        var nextFact = try facts.next().map { try recovery.fact($0) }
        var nextSample = try samples.next().map { try sample($0) }
        while true {
            switch (nextFact, nextSample) {
            case (nil, nil): return
            case (let fact?, let sample) where fact.sequence < sample?.sequence ?? .max:
                try take(.fact(fact.fact, sequence: fact.sequence))
                nextFact = try facts.next().map { try recovery.fact($0) }
            case (_, let sample?):
                try take(.fact(sample.fact, sequence: sample.sequence))
                nextSample = try samples.next().map { try self.sample($0) }
            case (_?, nil): preconditionFailure("a fact comes before no sample")
            }
        }
    }

    private func sample(_ row: Row) throws -> (sequence: UInt64, fact: Fact) {
        let number: Int64 = row[0]
        let place = ReadingRow.columnCount
        let name = try SensorRegistry.Name(
            id: row[1], device: row[place], gpio: row[place + 1], type: StoredText.text(row[place + 2]),
            address: row[place + 3])
        let reading = try ReadingRow(row, unit: StoredText.text(row[place + 4]))
        return (
            UInt64(number),
            Fact(device: name.device, moment: reading.moment, event: .sensor(name.key, .sampled(reading.sample)))
        )
    }

    /// In the order of ``ReadingRow/columns``, with the sensor behind them.
    private static let samples: String = {
        let changed: Set = ["value", "unit", "quality", "model", "calibration"]
        let columns = ReadingRow.columns.split(separator: ", ").map { name in
            changed.contains(String(name))
                ? "CASE WHEN original.sequence IS NULL THEN reading.\(name) ELSE original.\(name) END"
                : "reading.\(name)"
        }
        return """
            SELECT \(columns.joined(separator: ", ")), sensor.device, sensor.gpio, sensor.type, sensor.address, sensor.unit
            FROM readings AS reading JOIN sensors AS sensor ON sensor.id = reading.sensor_id
            LEFT JOIN original_readings AS original ON original.sequence = reading.sequence
            WHERE reading.sequence > :low AND reading.sequence <= :high AND reading.sensor_id IN (
                SELECT id FROM sensors WHERE device BETWEEN :first AND :last)
            ORDER BY reading.sequence
            """
    }()
}
