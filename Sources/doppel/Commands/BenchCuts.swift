import ArgumentParser
import Foundation
import Logging

/// `doppel bench cuts`: whether every pump goes off with its lease, whatever is cut.
struct BenchCuts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cuts",
        abstract: "Cut real processes from each other while pumps run, and judge every on-time.",
        discussion: """
            Starts mosquitto, `doppel serve` and simulated devices whose pumps are switched on for 2 to 4 seconds over \
            and over, through HTTP. Then, in an order that the seed decides: kills server or broker and starts it \
            again, lets the way between server and broker or between devices and broker pass nothing on, stops and \
            continues server or broker. The devices' process records what arrived and when each pump was on; no pump \
            may be on for longer than it was told and one second.

            As root the broker runs in a network namespace of its own, and virtual cables are pulled; otherwise two \
            proxies fall silent. A cut takes some 6 seconds. Prints JSON on standard output, progress on standard \
            error.

            Exit status: 0 no violation; 1 a pump was on too long, or none ever was on; 2 a part did not run; 64 \
            wrong usage.
            """)

    @Option(help: "How many cuts.")
    var cuts = 200

    @Option(help: "How many devices, each with four pumps that are used in turn.")
    var devices = 20

    @Option(help: "Decides the order and the lengths of the cuts, and the leases.")
    var seed: UInt64 = 1

    @Flag(help: "Use proxies also where network namespaces are possible.")
    var proxy = false

    func validate() throws {
        // A pump's driver is switched on at most 60 times an hour, and there are four in each device.
        guard (1...200).contains(cuts) else { throw ValidationError("--cuts is 1 to 200") }
        guard (1...100).contains(devices) else { throw ValidationError("--devices is 1 to 100") }
    }

    func run() async throws {
        LogSetup.begin(.error, .text)
        SignalNumber.ignoreBrokenPipes()
        let report: CutsReport
        do {
            report = try await CutsBenchmark(cuts: cuts, devices: devices, seed: seed, usesProxy: proxy).run()
            Console.standard.show(try IngestReport.json(report))
        } catch {
            Console.standard.tell("The benchmark did not run: \(error)")
            throw ExitCode(2)
        }
        if !report.isClean { throw ExitCode(1) }
    }
}
