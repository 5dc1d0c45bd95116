import EventLoop
import Foundation
import Glibc

/// The processes of `doppel bench cuts`: a broker and a server that can be killed and started again, and the devices.
///
/// Used by one task.
final class CutsSite {
    let loop: EventLoop
    let folder: String
    let network: any CutsNetwork
    /// Where the server's interface is.
    let url: String
    private let httpPort: Int
    private let configuration: String
    private var broker: BenchChild?
    private var server: BenchChild?
    private var devices: BenchChild?

    init(folder: String, network: any CutsNetwork, on loop: EventLoop) throws {
        self.loop = loop
        self.folder = folder
        self.network = network
        guard let port = LoopbackPort.anyFree else {
            throw BenchChild.Silence(description: "the system has no free port on loopback")
        }
        httpPort = port
        url = "http://127.0.0.1:\(port)"
        configuration = "\(folder)/mosquitto.conf"
        // What is said about each cut connection concerns nobody.
        let common = EmbeddedBrokerSettings.find(configurationFile: nil).common
            .split(separator: "\n").filter { !$0.hasPrefix("log_") }.joined(separator: "\n")
        let lines =
            [common, "log_dest none", network.listener, "persistence_location \(folder)/"]
            + (geteuid() == 0 ? ["user root"] : [])
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: configuration))
    }

    func start(devices count: Int, seed: UInt64, record: String) async throws {
        try await startBroker()
        try await startServer()
        let (host, port) = network.address(of: .devices)
        let child = try await BenchChild.start(
            "devices", try BenchStage.program(),
            [
                "bench", "devices", "--host", host, "--port", "\(port)", "--devices", "\(count)", "--pumps",
                "\(BenchDevices.pins.count)", "--status-seconds", "1", "--seed", "\(seed)", "--record", record,
            ], on: loop)
        devices = child
        _ = try await child.line("ready")
    }

    /// Has the devices write down what happened.
    func writeRecord() async throws {
        devices?.signal(SIGUSR2, on: loop)
        _ = try await devices?.line("recorded")
    }

    func cut(_ cut: Cut) async throws {
        switch cut {
        case .killServer: await kill(server)
        case .killBroker: await kill(broker)
        case .linkOfServer: try network.setCut(true, .server)
        case .linkOfDevices: try network.setCut(true, .devices)
        case .pauseServer: server?.signal(SIGSTOP, on: loop)
        case .pauseBroker: broker?.signal(SIGSTOP, on: loop)
        }
    }

    func mend(_ cut: Cut) async throws {
        switch cut {
        case .killServer: try await startServer()
        case .killBroker: try await startBroker()
        case .linkOfServer: try network.setCut(false, .server)
        case .linkOfDevices: try network.setCut(false, .devices)
        case .pauseServer: server?.signal(SIGCONT, on: loop)
        case .pauseBroker: broker?.signal(SIGCONT, on: loop)
        }
    }

    /// Ends every process and takes the network away.
    func end() async {
        await devices?.end(on: loop)
        await kill(server)
        await kill(broker)
        network.remove()
    }

    private func kill(_ child: BenchChild?) async {
        child?.signal(SIGKILL, on: loop)
        _ = try? await child?.line("\0")
    }

    private func startBroker() async throws {
        let search = EmbeddedBrokerPreparation.searchPath(ProcessInfo.processInfo.environment)
        guard
            let program = search.map({ "\($0)/mosquitto" }).first(where: FileManager.default.isExecutableFile(atPath:))
        else { throw EmbeddedBrokerFailure.notInstalled }
        let words = network.brokerPrefix + [program, "-c", configuration]
        broker = try await BenchChild.start("broker", "/usr/bin/env", words, on: loop)
    }

    private func startServer() async throws {
        let (host, port) = network.address(of: .server)
        let child = try await BenchChild.start(
            "doppel", try BenchStage.program(),
            [
                "serve", "--broker-url", "mqtt://\(host):\(port)", "--http-port", "\(httpPort)", "--approval",
                "automatic", "--data-directory", "\(folder)/data", "--log-level", "critical",
            ] + (try BenchModels.arguments()), on: loop)
        server = child
        _ = try await child.line("Twins:")
    }
}
