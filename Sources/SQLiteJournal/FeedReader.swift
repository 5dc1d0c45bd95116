import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// Reads what another store is to hold, too; each call within one read transaction.
enum FeedReader {
    /// The journal's own name.
    static func journalID(_ db: Database) throws -> String {
        let id = try String.fetchOne(db, sql: "SELECT value FROM identity WHERE name = 'journal'")
        guard let id else {
            throw JournalFailure.unreadable("row name=journal of identity", ColumnFault("value", "nothing"))
        }
        return id
    }

    /// The next rows behind a checkpoint.
    static func rows(after checkpoint: FeedCheckpoint, limit: Int, _ db: Database) throws -> FeedBatch {
        let sensors = try SensorRegistry(db)
        var readings = try readings(after: checkpoint.sequence, limit: limit, sensors, db)
        var facts = try facts(after: checkpoint.sequence, limit: limit, db)
        // Both lists may be cut; what lies behind the end of a cut one waits for the next batch.
        let ends = [
            readings.count == limit ? readings.last?.sequence : nil, facts.count == limit ? facts.last?.sequence : nil,
        ].compactMap { $0 }
        if let end = ends.min() {
            readings.removeAll { $0.sequence > end }
            facts.removeAll { $0.sequence > end }
        }
        let (commands, twins, change) = try records(after: checkpoint.change, limit: limit, db)
        return FeedBatch(
            through: FeedCheckpoint(
                sequence: max(
                    readings.last?.sequence ?? checkpoint.sequence, facts.last?.sequence ?? checkpoint.sequence),
                change: change),
            sensors: Self.sensors(Set(readings.map(\.sensor)).sorted(), sensors), readings: readings, facts: facts,
            commands: commands, twins: twins)
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

    /// Samples that were computed again after they were stored.
    static func changedReadings(limit: Int, _ db: Database) throws -> [FeedReading] {
        try readings(
            "SELECT sequence FROM changed_readings ORDER BY sequence LIMIT ?", [limit], try SensorRegistry(db), db)
    }

    private static func readings(
        after sequence: UInt64, limit: Int, _ sensors: SensorRegistry, _ db: Database
    ) throws -> [FeedReading] {
        try readings(
            "SELECT sequence FROM readings WHERE sequence > ? ORDER BY sequence LIMIT ?",
            [Int64(clamping: sequence), limit], sensors, db)
    }

    private static func readings(
        _ sequences: String, _ arguments: StatementArguments, _ sensors: SensorRegistry, _ db: Database
    ) throws -> [FeedReading] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: "SELECT \(ReadingRow.columns) FROM readings WHERE sequence IN (\(sequences)) ORDER BY sequence"),
            arguments: arguments)
        var readings: [FeedReading] = []
        while let row = try rows.next() {
            let number: Int64 = row[0]
            let sensor: Int64 = row[1]
            guard let (_, unit) = sensors.name(sensor) else {
                throw JournalFailure.unreadable(
                    "row sequence=\(number) of readings", ColumnFault("sensor_id", "\(sensor), which is no sensor"))
            }
            let reading = try ReadingRow(row, unit: unit)
            readings.append(
                FeedReading(
                    sequence: UInt64(reading.sequence), sensor: sensor, moment: reading.moment, sample: reading.sample))
        }
        return readings
    }

    private static func facts(after sequence: UInt64, limit: Int, _ db: Database) throws -> [FeedFact] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT facts.sequence, device, unix_ms, uptime_ms, body, hash FROM facts
                    LEFT JOIN safety_records USING (sequence) WHERE facts.sequence > ? ORDER BY facts.sequence LIMIT ?
                    """), arguments: [Int64(clamping: sequence), limit])
        let decoder = JSONDecoder()
        var facts: [FeedFact] = []
        while let row = try rows.next() {
            let number: Int64 = row[0]
            let name: String? = row[1]
            let body: String = row[4]
            let hash: Data? = row[5]
            let place = "row sequence=\(number) of facts"
            let device = try name.map { name in
                guard let device = DeviceID(name) else {
                    throw JournalFailure.unreadable(place, ColumnFault("device", name))
                }
                return device
            }
            let event: Event
            do {
                event = try decoder.decode(Event.self, from: Data(body.utf8))
            } catch {
                throw JournalFailure.unreadable(place, error)
            }
            let moment = Moment(time: UnixTime(milliseconds: row[2]), uptime: Uptime(milliseconds: row[3]))
            facts.append(
                FeedFact(
                    sequence: UInt64(number), fact: Fact(device: device, moment: moment, event: event), body: body,
                    safetyHash: hash.map { Array($0) }))
        }
        return facts
    }

    /// Commands and twins that changed, in the order of their changes, and the number of the last change.
    private static func records(
        after change: Int64, limit: Int, _ db: Database
    ) throws -> (commands: [CommandRecord], twins: [DeviceSnapshot], through: Int64) {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT change, 0, id, body FROM commands WHERE change > :after
                    UNION ALL SELECT change, 1, device, body FROM snapshots WHERE change > :after
                    ORDER BY change LIMIT :limit
                    """), arguments: ["after": change, "limit": limit])
        let decoder = JSONDecoder()
        var (commands, twins, through): ([CommandRecord], [DeviceSnapshot], Int64) = ([], [], change)
        while let row = try rows.next() {
            through = row[0]
            let isTwin: Bool = row[1]
            let name: String = row[2]
            let body: String = row[3]
            do {
                if isTwin {
                    twins.append(try decoder.decode(DeviceSnapshot.self, from: Data(body.utf8)))
                } else {
                    commands.append(try decoder.decode(CommandRecord.self, from: Data(body.utf8)))
                }
            } catch {
                throw JournalFailure.unreadable(
                    isTwin ? "row device=\(name) of snapshots" : "row id=\(name) of commands", error)
            }
        }
        return (commands, twins, through)
    }
}
