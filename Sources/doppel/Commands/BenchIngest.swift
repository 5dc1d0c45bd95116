import ArgumentParser
import Foundation
import Logging

/// `doppel bench ingest`: durably stored samples a second beside a bare subscriber's count.
struct BenchIngest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Measure how many QoS 1 samples a second become durable.",
        discussion: """
            Starts a broker of its own and publishes samples of many devices as fast as the broker takes them: once to \
            a bare libmosquitto subscriber that only counts, once to `doppel serve`, in turn, several times. Prints \
            JSON with the medians on standard output, progress on standard error. Build with -c release.

            Exit status: 0 measured; 2 a part did not run; 64 wrong usage.
            """)

    @Option(help: "How many devices publish, each on a connection of its own.")
    var devices = 1000

    @Option(help: "How many samples each measurement has.")
    var messages = 100_000

    @Option(help: "How often each is measured.")
    var runs = 3

    func validate() throws {
        guard (1...10_000).contains(devices) else { throw ValidationError("--devices is 1 to 10000") }
        guard (1000...10_000_000).contains(messages) else { throw ValidationError("--messages is 1000 to 10000000") }
        guard (1...99).contains(runs) else { throw ValidationError("--runs is 1 to 99") }
    }

    func run() async throws {
        LogSetup.begin(.error, .text)
        SignalNumber.ignoreBrokenPipes()
        do {
            let benchmark = IngestBenchmark(devices: devices, messages: messages, runs: runs)
            Console.standard.show(try await benchmark.run().json)
        } catch {
            Console.standard.tell("The benchmark did not run: \(error)")
            throw ExitCode(2)
        }
    }
}
