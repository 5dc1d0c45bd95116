import ArgumentParser
import EventLoop
import Glibc
import Logging
import Synchronization

/// The load of `doppel bench ingest`, as a process of its own.
///
/// Connects, makes the devices known, says `ready`, waits for SIGUSR1, publishes, and says when it began and ended.
struct BenchPublisher: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "publisher", shouldDisplay: false)

    @Option var port: UInt16
    @Option var devices: Int
    @Option var messages: Int

    func run() async throws {
        LogSetup.begin(.error, .text)
        SignalNumber.ignoreBrokenPipes()
        let loop = try EventLoop()
        let load = SampleLoad(devices: devices, messages: messages, port: port, on: loop)
        loop.start()
        await withCheckedContinuation { continuation in
            loop.post {
                _ = try? loop.onSignal(SIGUSR1) {
                    Console.standard.show("begun \(BenchClock.now)")
                    load.publish {
                        Console.standard.show("ended \(BenchClock.now)")
                        continuation.resume()
                    }
                }
                load.connect { Console.standard.show("ready") }
            }
        }
    }
}
