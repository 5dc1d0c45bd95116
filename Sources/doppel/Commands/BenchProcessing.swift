import ArgumentParser
import Foundation
import Logging

/// `doppel bench processing`: how long devices wait for what their raw values are processed to.
struct BenchProcessing: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "processing",
        abstract: "Measure how long raw values wait for their processed values, on every way devices get them.",
        discussion: """
            Starts a broker of its own and sends requests to process raw values at a constant rate, which waits for \
            no answer: over MQTT (pi_enhanced/request), once to a bare libmosquitto client that sends each request \
            back, once to `doppel serve`; then over HTTP to the same `doppel serve`; then over MQTT with raw readings \
            beside them (sensor/{gpio}/data). Prints JSON on standard output: the times inside the runtime, from the \
            receipt to the handing over of the answer, by the way it left, and the round trips. Build with -c release.

            Exit status: 0 measured; 2 a part did not run; 64 wrong usage.
            """)

    @Option(help: "Requests a second, on each way.")
    var rate = 1000

    @Option(help: "For how long, in seconds.")
    var seconds = 10

    @Option(help: "How many devices ask, each on a connection of its own.")
    var devices = 20

    @Option(help: "Raw readings a second in the last run; 0 leaves it out.")
    var readings = 1000

    func validate() throws {
        guard (1...20_000).contains(rate) else { throw ValidationError("--rate is 1 to 20000") }
        // Devices that say nothing but requests count as silent after 180 s.
        guard (1...120).contains(seconds) else { throw ValidationError("--seconds is 1 to 120") }
        guard (1...1000).contains(devices) else { throw ValidationError("--devices is 1 to 1000") }
        guard (0...20_000).contains(readings) else { throw ValidationError("--readings is 0 to 20000") }
    }

    func run() async throws {
        LogSetup.begin(.error, .text)
        SignalNumber.ignoreBrokenPipes()
        do {
            let plan = ProcessingLoad.Plan(devices: devices, rate: rate, readings: readings, seconds: seconds)
            Console.standard.show(try await ProcessingBenchmark(plan: plan).run().json)
        } catch {
            Console.standard.tell("The benchmark did not run: \(error)")
            throw ExitCode(2)
        }
    }
}
