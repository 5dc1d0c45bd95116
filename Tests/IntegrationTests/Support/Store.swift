import Foundation
import GRDB

/// Doppel's own file, read from outside.
struct Store {
    private let queue: DatabaseQueue

    init(_ site: Site) throws {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        queue = try DatabaseQueue(path: site.data.appending(path: "doppel.sqlite").path, configuration: configuration)
    }

    /// Copies the write-ahead log into the main file and cuts it back to nothing; `false` when somebody is in the way.
    static func emptyLog(of site: Site) throws -> Bool {
        let queue = try DatabaseQueue(path: site.data.appending(path: "doppel.sqlite").path)
        return try queue.writeWithoutTransaction { database in
            try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")?[0] == 0
        }
    }

    /// The latest snapshots.
    func snapshots() throws -> [JSON] {
        try queue.read { try String.fetchAll($0, sql: "SELECT body FROM snapshots ORDER BY device") }.map {
            try JSON($0)
        }
    }

    /// How many readings are stored.
    func count() throws -> Int {
        try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM readings") } ?? 0
    }

    /// How often each raw value of each device is stored.
    func readings() throws -> [String: [Int: Int]] {
        try queue.read { database in
            var found: [String: [Int: Int]] = [:]
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT device, CAST(raw AS INTEGER) FROM readings JOIN sensors ON sensors.id = sensor_id")
            while let row = try rows.next() {
                let device: String = row[0]
                let raw: Int = row[1]
                found[device, default: [:]][raw, default: 0] += 1
            }
            return found
        }
    }

    /// One stored reading with the model that produced its value.
    struct Reading {
        let device: String
        let type: String
        let raw: Double
        let value: Double?
        /// The version of its kind's model, 8 hexadecimal digits as the interface shows it.
        let model: String?
        let receipt: Int64
    }

    /// Every reading, in the order in which they were taken in.
    func modelledReadings() throws -> [Reading] {
        try queue.read { database in
            let sql = """
                SELECT device, type, raw, value, format('%08x', model), receipt_ms FROM readings
                JOIN sensors ON sensors.id = sensor_id ORDER BY sequence
                """
            return try Row.fetchAll(database, sql: sql).map { row in
                Reading(
                    device: row[0], type: row[1], raw: row[2], value: row[3], model: row[4], receipt: row[5])
            }
        }
    }

    /// The bodies of the facts of a kind, in order, with the time of each in milliseconds since 1970.
    func facts(_ kind: String) throws -> [(at: Int64, body: JSON)] {
        let rows = try queue.read {
            try Row.fetchAll(
                $0, sql: "SELECT unix_ms, body FROM facts WHERE kind = ? ORDER BY sequence", arguments: [kind])
        }
        return try rows.map { (at: $0[0], body: try JSON($0[1])) }
    }
}
