import Foundation
import PostgresCluster

extension FaultScene {
    /// Leaves no room for Doppel, which says so.
    func fillData() async throws {
        // The log's file is used again, up to 64 MB of it; with those there would be room for a minute and more.
        try await eventually("the log is empty, seed \(seed)") { try Store.emptyLog(of: site) }
        try await dataDisk.fill()
        try await refusesToStore(because: "the disk is full")
    }

    /// Waits until Doppel says that it stores nothing and why; nothing is acknowledged to the broker then.
    func refusesToStore(because reason: String) async throws {
        try await eventually("Doppel says that it stores nothing: \(reason), seed \(seed)") {
            let answer = try await server.http.get("/readyz")
            if server.program.exit != nil { throw Hopeless(description: server.program.tail) }
            return answer.status == 503 && answer.text.contains(reason)
        }
    }

    /// Waits until some more readings were sent, or all were.
    func someMore() async throws {
        let goal = flood.acknowledged + perSecond * 2
        try await eventually("\(goal) readings are acknowledged, seed \(seed)") {
            flood.acknowledged >= goal || flood.isExhausted
        }
    }

    /// Waits until so many readings of the flood are in Doppel's own file.
    func isStored(_ wanted: Int) async throws {
        try await eventually("\(wanted) readings are stored, seed \(seed)", within: .seconds(90)) {
            let stored = try Store(site).readings()
            return stored.filter { $0.key != probe }.values.map(\.count).reduce(0, +) >= wanted
        }
    }

    /// Waits until PostgreSQL holds so many rows.
    func isFed(_ rows: Int) async throws {
        try await eventually("PostgreSQL holds \(rows) rows, seed \(seed)", within: .seconds(90)) {
            Int(try await cluster.run("SELECT count(*) FROM sensor_readings")) ?? 0 >= rows
        }
    }

    /// How often each raw value of each device is in PostgreSQL.
    func fed() async throws -> [String: [Int: Int]] {
        let rows = try await cluster.run(
            """
            SELECT device_id, raw_value::bigint, count(*) FROM sensor_readings JOIN sensors USING (sensor_id)
            GROUP BY 1, 2
            """)
        var found: [String: [Int: Int]] = [:]
        for row in rows.split(separator: "\n") {
            let parts = row.split(separator: "|")
            if parts.count == 3, let raw = Int(parts[1]), let times = Int(parts[2]) {
                found[String(parts[0]), default: [:]][raw] = times
            }
        }
        return found
    }

    /// Waits until what a device says is stored again.
    func isHeardAgain() async throws {
        let before = try Store(site).readings()[probe]?.count ?? 0
        let voice = site.device(probe)
        try await voice.join()
        var raw = before
        try await eventually("the probe is heard, seed \(seed)") {
            raw += 1
            let payload = RawDevice.reading(of: probe, raw: raw, at: RawDevice.now)
            try await voice.publish("kaiser/god/esp/\(probe)/sensor/34/data", Array(payload.utf8), qos: 1)
            return try Store(site).readings()[probe]?.count ?? 0 > before
        }
        await voice.leave()
    }
}
