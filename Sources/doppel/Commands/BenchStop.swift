import ArgumentParser
import Foundation
import Logging

/// `doppel bench stop`: how long an emergency stop takes to the last confirmed device, beside a bare broadcast.
struct BenchStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Measure how long an emergency stop takes to the last confirmed device, under full telemetry.",
        discussion: """
            Starts a broker of its own, `doppel serve`, and simulated devices, each on a connection of its own, with a \
            pump that runs and sensors that publish. Stops everything over HTTP and measures, by one clock, until each \
            pump was off in its device and until the scoreboard showed it. Then the same devices under the same load: \
            a bare libmosquitto client sends one broadcast and counts the devices' answers, while another one reads \
            all telemetry. Prints JSON with each round and the medians on standard output. Build with -c release.

            Without --rate the devices publish at the highest of some rates (1 to 20 samples a second of each device) \
            that Doppel keeps up with on this machine; beyond it samples heap up at the broker, which has less and less \
            time for the answers. The limit of open files is raised as far as the \
            system allows; 1000 devices need some 4000.

            Exit status: 0 measured; 1 measured, and the goal was missed (only with --goal); 2 a part did not run; \
            64 wrong usage.
            """)

    @Option(help: "How many devices, each on a connection of its own.")
    var devices = 1000

    @Option(help: "How many stops, of Doppel and of the bare client.")
    var rounds = 5

    @Option(help: "Samples a second of all devices; 0 finds the highest rate that Doppel keeps up with.")
    var rate = 0

    @Option(help: "Decides when within their interval the devices measure.")
    var seed: UInt64 = 1

    @Flag(help: "End with status 1 unless the last device was confirmed within 500 ms and 1.5 times the baseline.")
    var goal = false

    func validate() throws {
        guard (1...10_000).contains(devices) else { throw ValidationError("--devices is 1 to 10000") }
        guard (1...99).contains(rounds) else { throw ValidationError("--rounds is 1 to 99") }
        guard rate == 0 || (1...20 * devices).contains(rate) else {
            throw ValidationError("--rate is 0 to \(20 * devices): a device has at most 20 sensors")
        }
    }

    func run() async throws {
        LogSetup.begin(.error, .text)
        SignalNumber.ignoreBrokenPipes()
        let report: StopBenchReport
        do {
            let plan = StopBenchmark.Plan(devices: devices, rounds: rounds, rate: rate, seed: seed)
            report = try await StopBenchmark(plan: plan).run()
            Console.standard.show(try IngestReport.json(report))
        } catch {
            Console.standard.tell("The benchmark did not run: \(error)")
            throw ExitCode(2)
        }
        if goal, !report.meetsGoal { throw ExitCode(1) }
    }
}
