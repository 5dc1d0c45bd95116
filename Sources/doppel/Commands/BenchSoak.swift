import ArgumentParser
import Logging

/// `doppel bench soak`: whether the memory stays as it is under a constant load.
struct BenchSoak: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Keep a constant load up for a long time and measure how the memory grows.",
        discussion: """
            Starts a broker of its own, `doppel serve`, and simulated devices that publish samples at a constant rate. \
            After a warm-up, in which caches fill, Doppel's memory is looked at each second. Prints JSON: the memory at \
            both ends, and the slope by least squares over the means of 30 spans, with its standard error; both for \
            all resident memory and for what of it no file stands behind, which alone can leak.

            With --feed the history goes to PostgreSQL, too: to a private server, or to that of --postgres.

            Exit status: 0 measured; 2 a part did not run; 64 wrong usage.
            """)

    @Option(help: "For how long, after the warm-up.")
    var minutes = 30.0

    @Option(help: "For how long before, in seconds.")
    var warmUp = 120

    @Option(help: "Samples a second of all devices.")
    var rate = 5000

    @Option(help: "How many devices, each on a connection of its own.")
    var devices = 500

    @Option(help: "Decides when within their interval the devices measure.")
    var seed: UInt64 = 1

    @Flag(help: "Have the history fed to PostgreSQL, too.")
    var feed = false

    @Option(help: "The address of a server whose user may make databases, instead of a private one.")
    var postgres: String?

    @Option(help: "Where a private server's files are put; the folder for temporary files if left out.")
    var folder: String?

    func validate() throws {
        guard minutes > 0, minutes <= 10_000 else { throw ValidationError("--minutes is above 0, up to 10000") }
        guard (0...86_400).contains(warmUp) else { throw ValidationError("--warm-up is 0 to 86400") }
        guard (1...10_000).contains(devices) else { throw ValidationError("--devices is 1 to 10000") }
        guard (1...20 * devices).contains(rate) else {
            throw ValidationError("--rate is 1 to \(20 * devices): a device has at most 20 sensors")
        }
        guard feed || (postgres == nil && folder == nil) else {
            throw ValidationError("--postgres and --folder say where the history goes, and want --feed")
        }
    }

    func run() async throws {
        LogSetup.begin(.error, .text)
        SignalNumber.ignoreBrokenPipes()
        let load = StopBenchmark.Plan(devices: devices, rounds: 1, rate: rate, seed: seed)
        do {
            let place = BenchPostgres.Place(url: postgres, folder: folder)
            let plan = SoakBenchmark.Plan(
                load: load, minutes: minutes, warmUpSeconds: warmUp, history: feed ? place : nil)
            Console.standard.show(try IngestReport.json(try await SoakBenchmark(plan: plan).run()))
        } catch {
            Console.standard.tell("The benchmark did not run: \(error)")
            throw ExitCode(2)
        }
    }
}
