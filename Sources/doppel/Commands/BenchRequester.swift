import ArgumentParser
import EventLoop
import Foundation
import Glibc
import Logging

/// The load of `doppel bench processing`, as a process of its own.
///
/// Connects, makes the devices known, says `ready`, waits for SIGUSR1, asks, and says what came of it.
struct BenchRequester: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "requester", shouldDisplay: false)

    @Option var port: UInt16
    @Option var devices: Int
    @Option var rate: Int
    @Option var readings: Int
    @Option var seconds: Int

    func run() async throws {
        LogSetup.begin(.error, .text)
        SignalNumber.ignoreBrokenPipes()
        let loop = try EventLoop()
        let plan = ProcessingLoad.Plan(devices: devices, rate: rate, readings: readings, seconds: seconds)
        let load = ProcessingLoad(plan, port: port, on: loop)
        loop.start()
        let outcome = await withCheckedContinuation { continuation in
            loop.post {
                _ = try? loop.onSignal(SIGUSR1) { load.run { continuation.resume(returning: $0) } }
                load.connect { Console.standard.show("ready") }
            }
        }
        Console.standard.show("done \(String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self))")
    }
}
