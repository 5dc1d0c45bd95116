import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// Reads snapshots, and the facts that came after them.
struct RecoveryReader {
    let sensors: SensorRegistry
    private let decoder = JSONDecoder()

    init(sensors: SensorRegistry) { self.sensors = sensors }

    /// Reads everything in one go, and where the next recovery would have to begin.
    func read(_ db: Database) throws -> (Recovery, ReplayFloor) {
        let snapshots = try readSnapshots(db)
        let marks = Dictionary(
            snapshots.map { ($0.snapshot.device.address.device, $0.lastSequence) }, uniquingKeysWith: max)
        let replayFrom = try Schema.mark(Schema.Mark.replayFrom, db)
        var floor = ReplayFloor()
        let isWanted: (DeviceID, UInt64) -> Bool = { device, sequence in
            guard sequence > marks[device] ?? 0 else { return false }
            floor.note(device, sequence)
            return true
        }
        let facts = try readFacts(db, from: replayFrom, where: isWanted)
        let samples = try readSamples(db, from: replayFrom, where: isWanted)
        let last = try Self.lastSequence(db)
        let recovery = Recovery(
            snapshots: snapshots, facts: Self.merge(facts, samples), lastSequence: last,
            recentDigests: try readRecentDigests(db))
        return (recovery, floor)
    }

    /// The sequence number of the last fact, be it removed since; 0 for an empty journal.
    ///
    /// What another store holds is never numbered again.
    static func lastSequence(_ db: Database) throws -> UInt64 {
        let last = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(coalesce((SELECT max(sequence) FROM facts), 0),
                           coalesce((SELECT max(sequence) FROM readings), 0),
                           coalesce((SELECT max(last_sequence) FROM snapshots), 0),
                       coalesce((SELECT max(value) FROM marks WHERE name IN (?, ?)), 0))
                """, arguments: [Schema.Mark.fedThrough, Schema.Mark.droppedThrough])
        return UInt64(last ?? 0)
    }

    private func readSnapshots(_ db: Database) throws -> [(snapshot: DeviceSnapshot, lastSequence: UInt64)] {
        var snapshots: [(snapshot: DeviceSnapshot, lastSequence: UInt64)] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT device, last_sequence, body FROM snapshots ORDER BY device")
        while let row = try rows.next() {
            let device: String = row[0]
            let last: Int64 = row[1]
            let snapshot = try decode(DeviceSnapshot.self, row[2], "row device=\(device) of snapshots")
            snapshots.append((snapshot, UInt64(last)))
        }
        return snapshots
    }

    private func readFacts(
        _ db: Database, from first: Int64, where isWanted: (DeviceID, UInt64) -> Bool
    ) throws -> [(sequence: UInt64, fact: Fact)] {
        var facts: [(sequence: UInt64, fact: Fact)] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT sequence, device, unix_ms, uptime_ms, body FROM facts WHERE device IS NULL AND sequence < :first
                UNION ALL SELECT sequence, device, unix_ms, uptime_ms, body FROM facts WHERE sequence >= :first
                ORDER BY sequence
                """, arguments: ["first": first])
        while let row = try rows.next() {
            let number: Int64 = row[0]
            let sequence = UInt64(number)
            let name: String? = row[1]
            if let name {
                guard let known = DeviceID(name) else {
                    throw JournalFailure.unreadable("row sequence=\(number) of facts", ColumnFault("device", name))
                }
                guard isWanted(known, sequence) else { continue }
            }
            facts.append(try fact(row))
        }
        return facts
    }

    /// Reads a fact from a row that holds its sequence number, device, both times and body.
    func fact(_ row: Row) throws -> (sequence: UInt64, fact: Fact) {
        let number: Int64 = row[0]
        let name: String? = row[1]
        let event = try decode(Event.self, row[4], "row sequence=\(number) of facts")
        let moment = Moment(time: UnixTime(milliseconds: row[2]), uptime: Uptime(milliseconds: row[3]))
        return (UInt64(number), Fact(device: name.flatMap { DeviceID($0) }, moment: moment, event: event))
    }

    private func readSamples(
        _ db: Database, from first: Int64, where isWanted: (DeviceID, UInt64) -> Bool
    ) throws -> [(sequence: UInt64, fact: Fact)] {
        var facts: [(sequence: UInt64, fact: Fact)] = []
        let rows = try Row.fetchCursor(
            db, sql: "SELECT \(ReadingRow.columns) FROM readings WHERE sequence >= ? ORDER BY sequence",
            arguments: [first])
        while let row = try rows.next() {
            let number: Int64 = row[0]
            let sensor: Int64 = row[1]
            guard let (name, unit) = sensors.name(sensor) else {
                throw JournalFailure.unreadable(
                    "row sequence=\(number) of readings", ColumnFault("sensor_id", "\(sensor), which is no sensor"))
            }
            guard isWanted(name.device, UInt64(number)) else { continue }
            let reading = try ReadingRow(row, unit: unit)
            let event = Event.sensor(name.key, .sampled(reading.sample))
            facts.append((UInt64(number), Fact(device: name.device, moment: reading.moment, event: event)))
        }
        return facts
    }

    private func readRecentDigests(_ db: Database) throws -> [UInt64] {
        let rows = try Int64.fetchAll(
            db, sql: "SELECT digest FROM readings ORDER BY sequence DESC LIMIT ?",
            arguments: [Recovery.recentDigestLimit])
        return rows.reversed().map { UInt64(bitPattern: $0) }
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ body: String, _ row: String) throws -> Value {
        do {
            return try decoder.decode(type, from: Data(body.utf8))
        } catch {
            throw JournalFailure.unreadable(row, error)
        }
    }

    private static func merge(
        _ left: [(sequence: UInt64, fact: Fact)], _ right: [(sequence: UInt64, fact: Fact)]
    ) -> [(sequence: UInt64, fact: Fact)] {
        var merged: [(sequence: UInt64, fact: Fact)] = []
        merged.reserveCapacity(left.count + right.count)
        var rest = right[...]
        for next in left {
            while let first = rest.first, first.sequence < next.sequence { merged.append(rest.removeFirst()) }
            merged.append(next)
        }
        return merged + rest
    }
}
