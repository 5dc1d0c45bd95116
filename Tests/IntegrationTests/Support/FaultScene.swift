import Foundation
import PostgresCluster

/// Doppel between a broker and PostgreSQL, each store on a disk of its own, with readings coming in all the time.
final class FaultScene {
    let site: Site
    let flood: Flood
    let cluster: PostgresCluster
    private(set) var server: Server
    private var broker: Program
    let dataDisk: SmallDisk
    private let postgresDisk: SmallDisk
    private let settings: [String: String]
    let perSecond: Int
    let probe: String
    let seed: UInt64

    /// How much longer each synchronisation of a slow disk takes, in milliseconds.
    private static let slownessMilliseconds = 300
    /// Its own waiting counts here, unlike elsewhere; few segments are kept, so that a full disk soon stops the log too.
    private static let postgresSettings = ["fsync = on", "min_wal_size = 32MB", "max_wal_size = 64MB"]
    /// More than the segments that PostgreSQL keeps for later.
    private static let logSwitches = 4

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
            try await fillData()
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
        try await fillData()
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
        let before = cluster.lineCount
        try await eventually("rows find no room, seed \(seed)") {
            // Once is not enough: a checkpoint gives back segments of the log, room for minutes of rows.
            try await postgresDisk.fill()
            return cluster.log(after: before).contains("No space left on device")
        }
        try await someMore()
        for _ in 0..<Self.logSwitches { _ = try? await cluster.run("SELECT pg_switch_wal()") }
        try await postgresDisk.makeRoom()
        if !cluster.isRunning {
            try await cluster.stop()
            try await cluster.start()
        }
    }

    /// What both programs said last, for whoever looks into a failure.
    var lastWords: String {
        let postgres = cluster.log(after: cluster.lineCount - 12)
        return "Doppel:\n\(server.program.tail)\nPostgreSQL:\n\(postgres)"
    }
}
