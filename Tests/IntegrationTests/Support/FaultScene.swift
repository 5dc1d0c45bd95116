import Foundation
import PostgresCluster

/// Doppel between a broker and PostgreSQL, each store on a disk of its own, with readings coming in all the time.
final class FaultScene {
    let site: Site
    let flood: Flood
    let cluster: PostgresCluster
    private(set) var server: Server
    private var broker: Program
    private let dataDisk: SmallDisk
    private let postgresDisk: SmallDisk
    private let settings: [String: String]
    private let perSecond: Int
    private let probe: String
    private let seed: UInt64

    /// How much longer each synchronisation of a slow disk takes, in milliseconds.
    private static let slownessMilliseconds = 300
    /// Segments are small, so that a full disk soon stands in the way of the log too.
    private static let postgresSettings = ["fsync = on", "min_wal_size = 32MB", "max_wal_size = 64MB"]

    /// Starts everything and the readings.
    ///
    /// - Parameters:
    ///   - readings: What comes in, some of it each second.
    ///   - devices: Whose readings they are.
    ///   - probe: A device that says something when the scene wants to know whether it is heard.
    init(
        _ site: Site, readings: [(topic: String, payload: String)], of devices: [String], probe: String,
        perSecond: Int, seed: UInt64
    ) async throws {
        (self.site, self.probe, self.perSecond, self.seed) = (site, probe, perSecond, seed)
        dataDisk = try await SmallDisk(at: site.data, of: site)
        postgresDisk = try await SmallDisk(at: site.folder.appending(path: "postgres"), of: site)
        cluster = try await PostgresCluster(
            settings: Self.postgresSettings, keptIn: postgresDisk.folder, extras: postgresDisk.environment)
        settings = site.external.merging(dataDisk.environment) { $1 }
            .merging(["DOPPEL_HISTORY_URL": cluster.url()]) { $1 }
        broker = try await site.startBroker()
        server = try await site.serveReady([], settings)
        try await site.introduce(devices + [probe], to: server)
        flood = Flood(readings, port: site.brokerPort, perSecond: perSecond)
        await flood.start()
    }

    /// Lets something happen, and end when readings have come meanwhile.
    func suffer(_ fault: StoreFault) async throws {
        let t0 = ContinuousClock.now; defer { print("TMP", fault, ContinuousClock.now - t0, flood.acknowledged) }
        switch fault {
        case .doppelKilled:
            try await server.program.kill()
            server = try await site.serve([], settings)
        case .brokerKilled: try await killBroker()
        case .postgresKilled, .postgresStoppedAtOnce:
            try await cluster.stop(fault == .postgresKilled ? .killed : .immediate)
            try await someMore()
            try await cluster.start()
        case .postgresPaused:
            cluster.pause()
            try await someMore()
            cluster.resume()
        case .dataDiskFull:
            // The log's file is used again and has room left, so it is the main file that cannot grow first.
            try await dataDisk.fill()
            try await refusesToStore(because: "the disk is full")
            try await dataDisk.makeRoom()
            try await server.ready()
        case .doppelKilledOnFullDisk: try await killOnFullDisk()
        case .dataDiskReadOnly:
            try dataDisk.refuseWrites()
            try await refusesToStore(because: "read-only")
            try dataDisk.heal()
            try await server.ready()
        case .dataDiskSlow: try await slowDown(dataDisk)
        case .postgresDiskFull: try await fillPostgres()
        case .postgresDiskSlow: try await slowDown(postgresDisk)
        }
        try await someMore()
    }

    /// Ends everything; what was started for the site ends with it.
    func discard() async throws {
        await flood.end()
        try await cluster.discard()
        for disk in [dataDisk, postgresDisk] { try await disk.discard() }
    }

    /// What a broker has not written down when it is killed is lost with it, so it owes nothing then.
    private func killBroker() async throws {
        try await flood.pause()
        try await isStored(flood.acknowledged)
        try await broker.kill()
        broker = try await site.startBroker()
        try await isHeardAgain()
        flood.resume()
    }

    private func killOnFullDisk() async throws {
        // Without this, it takes until the log is full.
        try await eventually("the log is empty, seed \(seed)") { try Store.emptyLog(of: site) }
        try await dataDisk.fill()
        try await refusesToStore(because: "the disk is full")
        try await server.program.kill()
        // Refused writes are no full disk to a program that starts: it gives back room and takes it again.
        if !dataDisk.isMounted { try await dataDisk.makeRoom() }
        server = try await site.serve([], settings)
        if dataDisk.isMounted { try await refusesToStore(because: "the disk is full") }
        try await dataDisk.makeRoom()
        try await server.ready()
    }

    private func slowDown(_ disk: SmallDisk) async throws {
        let before = disk.felt
        try disk.slowDown(milliseconds: Self.slownessMilliseconds)
        try await someMore()
        try await eventually("\(disk.folder.path) is slow, seed \(seed)") { disk.felt > before + 2 }
        try disk.heal()
    }

    /// First rows find no room, then the log; the second ends PostgreSQL's processes, or all of it.
    private func fillPostgres() async throws {
        try await postgresDisk.fill()
        try await eventually("rows find no room, seed \(seed)") { cluster.log.contains("No space left on device") }
        try await someMore()
        for _ in 0..<Self.logSwitches { _ = try? await cluster.run("SELECT pg_switch_wal()") }
        try await postgresDisk.makeRoom()
        if !cluster.isRunning {
            try await cluster.stop()
            try await cluster.start()
        }
    }

    /// More than the segments that PostgreSQL keeps for later.
    private static let logSwitches = 4

    /// Waits until Doppel says that it stores nothing and why; nothing is acknowledged to the broker then.
    private func refusesToStore(because reason: String) async throws {
        try await eventually("Doppel says that it stores nothing: \(reason), seed \(seed)") {
            let answer = try await server.http.get("/readyz")
            if server.program.exit != nil { throw Hopeless(description: server.program.tail) }
            return answer.status == 503 && answer.text.contains(reason)
        }
    }
}

extension FaultScene {
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
    private func isHeardAgain() async throws {
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
