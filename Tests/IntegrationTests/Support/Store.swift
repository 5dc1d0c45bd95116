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
}
