import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// Reads what another store is to hold, too; each call within one read transaction.
enum FeedReader {
    /// What the journal is called, and which one it branched off.
    static func origin(intervalMilliseconds: Int64, _ db: Database) throws -> FeedOrigin {
        let rows = try Row.fetchAll(db, sql: "SELECT name, value FROM identity")
        let identity = Dictionary(rows.map { ($0[0] as String, $0[1] as String) }, uniquingKeysWith: { $1 })
        guard let journal = identity["journal"] else {
            throw JournalFailure.unreadable("row name=journal of identity", ColumnFault("value", "nothing"))
        }
        return FeedOrigin(
            journal: journal, former: identity["restored_from"],
            shared: FeedCheckpoint(
                sequence: identity["restored_through"].flatMap { UInt64($0) } ?? 0,
                change: identity["restored_change"].flatMap { Int64($0) } ?? 0),
            pastFrom: UnixTime(milliseconds: try PastReader.keptFrom(intervalMilliseconds: intervalMilliseconds, db)),
            anchor: SafetyAnchor(try SafetyChain.end(.anchor, db)))
    }

    /// The number of the last change of a record, be it removed since; 0 when nothing ever changed.
    static func lastChange(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT max((SELECT coalesce(max(change), 0) FROM commands),
                    (SELECT coalesce(max(change), 0) FROM snapshots),
                    (SELECT coalesce(max(change), 0) FROM past_snapshots),
                    (SELECT coalesce(max(value), 0) FROM marks WHERE name = ?))
                """, arguments: [Schema.Mark.fedChange]) ?? 0
    }

    /// The next rows behind a checkpoint.
    static func rows(after checkpoint: FeedCheckpoint, limit: Int, _ db: Database) throws -> FeedBatch {
        let sensors = try SensorRegistry(db)
        let mask = try SecretMask(db)
        var obstacle: FeedObstacle?
        var readings = try readings(after: checkpoint.sequence, limit: limit, sensors, &obstacle, db)
        var facts = try facts(after: checkpoint.sequence, limit: limit, mask, &obstacle, db)
        // Both lists may be cut; what lies behind the end of a cut one waits for the next batch.
        let ends = [
            readings.count == limit ? readings.last?.sequence : nil, facts.count == limit ? facts.last?.sequence : nil,
            obstacle.map { $0.sequence - 1 },
        ].compactMap { $0 }
        if let end = ends.min() {
            readings.removeAll { $0.sequence > end }
            facts.removeAll { $0.sequence > end }
        }
        if let obstacle, readings.isEmpty, facts.isEmpty { throw obstacle.failure }
        let records = try FeedRecords(after: checkpoint.change, limit: limit, mask, db)
        let last = max(readings.last?.sequence ?? 0, facts.last?.sequence ?? 0, checkpoint.sequence)
        var batch = FeedBatch(through: FeedCheckpoint(sequence: last, change: records.through))
        batch.sensors = Self.sensors(Set(readings.map(\.sensor)).sorted(), sensors)
        (batch.readings, batch.facts) = (readings, facts)
        batch.clockTurns = try clockTurns(after: checkpoint.sequence, through: last, db)
        (batch.commands, batch.twins, batch.pastTwins) = (records.commands, records.twins, records.pastTwins)
        batch.obstacle = records.obstacle
        // Only when the other store has all twins as they stand.
        if batch.recordCount < min(limit, FeedBatch.maximumRecords), batch.obstacle == nil {
            batch.replayFrom = UInt64(max(0, try Schema.mark(Schema.Mark.replayFrom, db)))
        }
        return batch
    }

    private static func clockTurns(
        after first: UInt64, through last: UInt64, _ db: Database
    ) throws -> [FeedClockTurn] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT sequence, unix_ms FROM clock_turns WHERE sequence > ? AND sequence <= ? ORDER BY sequence"
            ), arguments: [Int64(clamping: first), Int64(clamping: last)])
        return rows.map {
            FeedClockTurn(sequence: UInt64($0[0] as Int64), time: UnixTime(milliseconds: $0[1]))
        }
    }

    /// The sensors that these numbers stand for.
    static func sensors(_ numbers: [Int64], _ registry: SensorRegistry) -> [StoredSensor] {
        numbers.compactMap { number in
            registry.name(number).map {
                StoredSensor(number: number, device: $0.name.device, key: $0.name.key, unit: $0.unit)
            }
        }
    }

    /// How far the journal is ahead of a checkpoint; without one, of what was last noted as fed.
    static func backlog(after checkpoint: FeedCheckpoint?, _ db: Database) throws -> FeedBacklog {
        let noted = try Schema.mark(Schema.Mark.fedThrough, db)
        let after = checkpoint.map { Int64(clamping: $0.sequence) } ?? noted
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT max(coalesce((SELECT max(sequence) FROM facts), 0),
                           coalesce((SELECT max(sequence) FROM readings), 0)),
                    (SELECT unix_ms FROM facts WHERE sequence > :after ORDER BY sequence LIMIT 1),
                    (SELECT coalesce(fact_ms, receipt_ms) FROM readings WHERE sequence > :after
                     ORDER BY sequence LIMIT 1)
                """, arguments: ["after": after])
        guard let row else { return FeedBacklog(rows: 0, oldest: nil) }
        let last: Int64 = row[0]
        let times: [Int64?] = [row[1], row[2]]
        return FeedBacklog(
            rows: Int(max(0, last - after)), oldest: times.compactMap { $0 }.min().map(UnixTime.init(milliseconds:)))
    }

    /// Samples that were computed again after they were stored; those that cannot be read wait while there are others.
    static func changedReadings(limit: Int, _ db: Database) throws -> [FeedReading] {
        try changedReadings("ORDER BY sequence LIMIT ?", [limit], db)
    }

    /// Those between two sequence numbers.
    static func changedReadings(from first: UInt64, through last: UInt64, _ db: Database) throws -> [FeedReading] {
        try changedReadings(
            "WHERE sequence >= ? AND sequence <= ?", [Int64(clamping: first), Int64(clamping: last)], db)
    }

    private static func changedReadings(
        _ choice: String, _ arguments: StatementArguments, _ db: Database
    ) throws -> [FeedReading] {
        let condition = "WHERE sequence IN (SELECT sequence FROM changed_readings \(choice)) ORDER BY sequence"
        let sensors = try SensorRegistry(db)
        var obstacle: FeedObstacle?
        var readings = try readings(condition, arguments, sensors, &obstacle, leavesOut: true, db)
        if let obstacle, readings.isEmpty { throw obstacle.failure }
        try addOriginals(to: &readings, condition, arguments, sensors, db)
        return readings
    }

    private static func readings(
        after sequence: UInt64, limit: Int, _ sensors: SensorRegistry, _ obstacle: inout FeedObstacle?, _ db: Database
    ) throws -> [FeedReading] {
        var readings = try readings(
            "WHERE sequence > ? ORDER BY sequence LIMIT ?", [Int64(clamping: sequence), limit], sensors, &obstacle,
            db)
        guard let last = readings.last?.sequence else { return [] }
        try addOriginals(
            to: &readings, "WHERE sequence > ? AND sequence <= ? ORDER BY sequence",
            [Int64(clamping: sequence), Int64(clamping: last)], sensors, db)
        return readings
    }

    private static func readings(
        _ condition: String, _ arguments: StatementArguments, _ sensors: SensorRegistry,
        _ obstacle: inout FeedObstacle?, leavesOut: Bool = false, _ db: Database
    ) throws -> [FeedReading] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT \(ReadingRow.columns) FROM readings \(condition)"), arguments: arguments)
        return try FeedObstacle.read(rows, &obstacle, leavesOut: leavesOut) { row in
            sensors.name(row[1] as Int64)?.name.device.description ?? "an unknown device"
        } _: { row in
            let number: Int64 = row[0]
            let sensor: Int64 = row[1]
            guard let (_, unit) = sensors.name(sensor) else {
                throw JournalFailure.unreadable(
                    "row sequence=\(number) of readings", ColumnFault("sensor_id", "\(sensor), which is no sensor"))
            }
            let reading = try ReadingRow(row, unit: unit)
            return FeedReading(
                sequence: UInt64(reading.sequence), sensor: sensor, moment: reading.moment, sample: reading.sample)
        }
    }

    /// Adds what readings were before they were computed again; both are in order.
    private static func addOriginals(
        to readings: inout [FeedReading], _ condition: String, _ arguments: StatementArguments,
        _ sensors: SensorRegistry, _ db: Database
    ) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT \(OriginalReading.columns) FROM original_readings \(condition)"),
            arguments: arguments)
        var index = readings.startIndex
        while let row = try rows.next() {
            let original = OriginalReading(row)
            index = readings[index...].firstIndex { $0.sequence >= UInt64(original.sequence) } ?? readings.endIndex
            guard index < readings.endIndex, readings[index].sequence == UInt64(original.sequence) else { continue }
            let unit = sensors.name(readings[index].sensor)?.unit ?? ""
            readings[index].original = try original.sample(of: readings[index].sample, usualUnit: unit)
        }
    }

    private static func facts(
        after sequence: UInt64, limit: Int, _ mask: SecretMask, _ obstacle: inout FeedObstacle?, _ db: Database
    ) throws -> [FeedFact] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT facts.sequence, device, unix_ms, uptime_ms, body, hash FROM facts
                    LEFT JOIN safety_records USING (sequence) WHERE facts.sequence > ? ORDER BY facts.sequence LIMIT ?
                    """), arguments: [Int64(clamping: sequence), limit])
        let decoder = JSONDecoder()
        return try FeedObstacle.read(rows, &obstacle) { row in
            row[1] as String? ?? "the site"
        } _: { row in
            let number: Int64 = row[0]
            let name: String? = row[1]
            var body: String = row[4]
            let hash: Data? = row[5]
            let place = "row sequence=\(number) of facts"
            let device = try name.map { name in
                guard let device = DeviceID(name) else {
                    throw JournalFailure.unreadable(place, ColumnFault("device", name))
                }
                return device
            }
            var event: Event
            do {
                event = try decoder.decode(Event.self, from: Data(body.utf8))
                if let masked = try mask.masked(body, of: event) {
                    body = masked
                    event = try decoder.decode(Event.self, from: Data(body.utf8))
                }
            } catch {
                throw JournalFailure.unreadable(place, error)
            }
            let moment = Moment(time: UnixTime(milliseconds: row[2]), uptime: Uptime(milliseconds: row[3]))
            return FeedFact(
                sequence: UInt64(number), fact: Fact(device: device, moment: moment, event: event), body: body,
                safetyHash: hash.map { Array($0) })
        }
    }
}
