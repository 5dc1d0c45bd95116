import Foundation
import Synchronization

/// One place where Doppel runs: a temporary folder, ports of its own, and every process that was started for it.
final class Site: Sendable {
    /// The folder that holds `Package.swift`.
    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Everything is below it.
    let folder: URL
    /// Where a broker listens, embedded or not.
    let brokerPort: Int
    private let programs = Mutex<[Program]>([])
    private let devices = Mutex<[RawDevice]>([])

    init() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "doppel-whole-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        folder = place.resolvingSymlinksInPath()
        brokerPort = try Port.take()
    }

    /// Doppel's data folder.
    var data: URL { folder.appending(path: "data") }

    /// The whole environment of a Doppel of this site; the embedded broker unless something else is said.
    func environment(_ changes: [String: String]) -> [String: String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let basis = [
            "PATH": path, "HOME": folder.path, "DOPPEL_DATA_DIRECTORY": data.path, "DOPPEL_HTTP_PORT": "0",
            "DOPPEL_EMBEDDED_BROKER_PORT": "\(brokerPort)", "DOPPEL_APPROVAL": "automatic",
            "DOPPEL_TWINS_DIRECTORY": Self.repository.appending(path: "twins").path,
        ]
        return basis.merging(changes) { _, new in new }
    }

    /// Starts `doppel` with some arguments.
    func doppel(_ arguments: [String], _ changes: [String: String] = [:]) async throws -> Program {
        try await start(BuiltProgram.find(), arguments, environment: environment(changes))
    }

    /// Runs `doppel` to its end.
    func run(_ arguments: [String], _ changes: [String: String] = [:]) async throws -> Program {
        let program = try await doppel(arguments, changes)
        try await program.ended()
        return program
    }

    /// Starts `doppel serve` and waits until its interface answers.
    func serve(_ arguments: [String] = [], _ changes: [String: String] = [:]) async throws -> Server {
        try await Server(doppel(["serve"] + arguments, changes))
    }

    /// Starts `doppel serve` and waits until it is connected, too.
    func serveReady(_ arguments: [String] = [], _ changes: [String: String] = [:]) async throws -> Server {
        let server = try await serve(arguments, changes)
        try await server.ready()
        return server
    }

    /// Starts any program in this site's folder.
    func start(
        _ executable: URL, _ arguments: [String], environment: [String: String]? = nil
    ) async throws -> Program {
        let program = try await Program(
            executable, arguments, environment: environment ?? ["PATH": "/usr/bin:/bin"], folder: folder)
        programs.withLock { $0.append(program) }
        return program
    }

    /// A device at this site's broker, with a connection of its own.
    func device(_ id: String) -> RawDevice {
        let device = RawDevice(id, port: brokerPort)
        devices.withLock { $0.append(device) }
        return device
    }

    /// The processes, other than those that have ended, whose command line names a file of this site.
    func processes(named name: String) -> [Int32] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return numbers.compactMap { Int32($0) }.filter { number in
            guard let line = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") else { return false }
            let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return words.first.map { $0 == name || $0.hasSuffix("/\(name)") } ?? false
                && words.contains { $0.contains(folder.path) }
        }
    }

    /// Ends everything and removes the folder.
    func discard() async {
        for device in devices.withLock({ $0 }) { await device.leave() }
        for program in programs.withLock({ $0 }).reversed() where program.exit == nil { try? await program.kill() }
        // A Doppel that was killed takes its broker along; wait for that, so that the folder can go.
        try? await eventually("no broker is left") { processes(named: "mosquitto").isEmpty }
        try? FileManager.default.removeItem(at: folder)
    }
}

/// Runs a test at a site of its own; every process is ended afterwards, also when the test fails.
func withSite(_ body: (Site) async throws -> Void) async throws {
    let site = try Site()
    do {
        try await body(site)
    } catch {
        await site.discard()
        throw error
    }
    await site.discard()
}

/// A running `doppel serve`.
struct Server: Sendable {
    let program: Program
    let http: Interface

    /// Waits until it says where it listens.
    init(_ program: Program) async throws {
        var address: String?
        try await eventually("the server listens") {
            if program.exit != nil { throw Hopeless(description: "the server ended, saying:\n\(program.tail)") }
            address = program.lines.first { $0.hasPrefix("Twins: http://") }?.split(separator: " ")[1].description
            return address != nil
        }
        guard let url = address?.dropLast() else { preconditionFailure("the server listens nowhere") }
        self.program = program
        http = Interface(url: String(url))
    }

    /// Waits until it is connected to the broker.
    func ready() async throws {
        try await eventually("the server is ready") { try await http.get("/readyz").status == 200 }
    }

    /// Ends it as Ctrl-C does; returns how it ended.
    func interrupt(within limit: Duration = .seconds(30)) async throws -> Program.Exit {
        await program.signal(SIGINT)
        return try await program.ended(within: limit)
    }
}
