import ArgumentParser
import EventLoop
import Foundation
import Logging
import MQTTBroker
import Synchronization
import TwinRuntime

/// `doppel simulate fleet`: simulated devices against a real broker.
struct SimulateFleet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet",
        abstract: "Run the simulated devices of a scenario against a real broker.",
        discussion: """
            Each device has a connection of its own and behaves as the firmware does: it waits to be let in, measures, \
            obeys, ends by itself what has a duration, and honours the emergency stop. Ctrl-C ends.

            Exit status: 0 ended in order; 1 the scenario or the address is wrong; 64 wrong usage.
            """)

    @Argument(help: "The scenario, a YAML file.")
    var scenario = ScenarioFile.greenhouse

    @Option(help: "The broker: mqtt://user:password@host:port (default: DOPPEL_BROKER_URL, else 127.0.0.1:1883).")
    var brokerURL: String?

    @Option(help: "End after so many seconds; 0 for never.")
    var seconds = 0

    func run() async throws {
        let file: ScenarioFile
        let address: BrokerAddress
        do {
            file = try ScenarioFile(path: scenario)
            address = try brokerAddress()
        } catch {
            Console.standard.tell("\(error)")
            throw ExitCode(1)
        }
        LogSetup.begin(.warning, .text)
        SignalNumber.ignoreBrokenPipes()
        let loop = try EventLoop()
        let fleet = FleetPart(file.devices, on: loop, address: address, logger: Logger(label: "doppel.fleet"))
        loop.start()
        Console.standard.show("\(file.name): \(file.devices.count) devices at \(address)   (Ctrl-C ends)")
        await withCheckedContinuation { continuation in
            let end = Mutex<CheckedContinuation<Void, Never>?>(continuation)
            loop.post {
                fleet.start { _ in }
                let finish: @Sendable () -> Void = {
                    end.withLock { pending in
                        pending?.resume()
                        pending = nil
                    }
                }
                for signal in [SignalNumber.interrupt, .terminate] { _ = try? loop.onSignal(signal.rawValue, finish) }
                if seconds > 0 { _ = loop.schedule(afterMilliseconds: Int64(seconds) * 1000, finish) }
                report(fleet, on: loop)
            }
        }
        await withCheckedContinuation { continuation in loop.post { fleet.stop { continuation.resume() } } }
        loop.stop()
        loop.join()
        Console.standard.show("Ended: \(fleet.publishedMessages) messages published.")
    }

    /// Says every ten seconds how the fleet fares.
    private func report(_ fleet: FleetPart, on loop: EventLoop) {
        _ = loop.schedule(afterMilliseconds: 10_000) {
            Console.standard.show("\(fleet.vitals().health), \(fleet.publishedMessages) messages published")
            report(fleet, on: loop)
        }
    }

    private func brokerAddress() throws -> BrokerAddress {
        let environment = ProcessInfo.processInfo.environment
        let text = brokerURL ?? environment[ConfigurationKey.brokerURL.variable]
        guard let text, text != "embedded" else {
            let port = environment[ConfigurationKey.embeddedBrokerPort.variable].flatMap(UInt16.init)
            return BrokerAddress(host: "127.0.0.1", port: port ?? BrokerAddress.plainPort)
        }
        return try BrokerAddress(url: text)
    }
}
