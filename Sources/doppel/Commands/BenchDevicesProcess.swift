import ArgumentParser
import EventLoop
import Glibc
import Logging
import MQTTBroker

/// The devices of `doppel bench stop` and `doppel bench cuts`, as a process of its own.
///
/// SIGUSR1: get ready for the next stop (only `--lonely`). SIGUSR2: say how many messages were
/// published; with `--record`, write the record of on-times, and say `recorded`.
struct BenchDevicesProcess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "devices", shouldDisplay: false)

    @Option var host = "127.0.0.1"
    @Option var port: UInt16
    @Option var devices: Int
    @Option var pumps = 1
    @Option var rate = 0
    @Option var seed: UInt64 = 1
    @Option var statusSeconds = 30
    @Option var record: String?
    @Flag var lonely = false

    func run() async throws {
        LogSetup.begin(.error, .text)
        SignalNumber.ignoreBrokenPipes()
        let plan = BenchDevices.Plan(
            devices: devices, pumps: pumps, rate: rate, seed: seed, statusSeconds: statusSeconds)
        let loop = try EventLoop()
        let crowd = BenchDevices(plan, address: BrokerAddress(host: host, port: port), on: loop)
        let times = OnTimeRecord()
        loop.start()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            loop.post {
                if let record {
                    times.watch(crowd)
                    _ = try? loop.onSignal(SIGUSR2) {
                        do {
                            try times.write(to: record)
                            Console.standard.show("recorded")
                        } catch {
                            Console.standard.tell("the record '\(record)' cannot be written: \(error)")
                        }
                    }
                } else {
                    _ = try? loop.onSignal(SIGUSR2) { Console.standard.show("published \(crowd.publishedMessages)") }
                }
                if lonely {
                    let alone = LonelyDevices(crowd, on: loop)
                    alone.admit()
                    _ = try? loop.onSignal(SIGUSR1) { alone.prime() }
                }
                _ = try? loop.onSignal(SignalNumber.terminate.rawValue) { continuation.resume() }
                crowd.start()
            }
        }
    }
}
