import ArgumentParser
import EventLoop
import Logging

/// `doppel bench store`: how fast readings are kept, beside bare use of the same stores.
struct BenchStore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Measure how fast readings are kept, beside bare inserts of the same rows.",
        discussion: """
            sqlite: readings a second that the journal makes durable, beside a loop of INSERT statements through \
            SQLite's C interface into the same table, with the same batches and the same durability.

            Both are measured in turn, each with an empty file of its own, several times. Prints JSON with medians and \
            each round on standard output, progress on standard error. Build with -c release.

            Exit status: 0 measured; 1 measured, and a goal was missed (only with --goal); 2 a part did not run; \
            64 wrong usage.
            """)

    /// What can be measured.
    enum Part: String, ExpressibleByArgument, CaseIterable {
        case sqlite
    }

    @Option(help: "What to measure; may be repeated. Everything if it is left out.")
    var part: [Part] = []

    @Option(help: "How many rows each measurement stores.")
    var rows = 200_000

    @Option(help: "How many rows a transaction has.")
    var batch = 1000

    @Option(help: "How many sensors the readings come from.")
    var sensors = 1000

    @Option(help: "How often each is measured.")
    var rounds = 5

    @Option(help: "Decides the readings.")
    var seed: UInt64 = 1

    @Option(help: "Where the files are put; the folder for temporary files if left out.")
    var folder: String?

    @Flag(help: "End with status 1 unless every goal was met.")
    var goal = false

    func validate() throws {
        guard (1...100_000_000).contains(rows) else { throw ValidationError("--rows is 1 to 100000000") }
        guard (1...100_000).contains(batch) else { throw ValidationError("--batch is 1 to 100000") }
        guard (1...10_000).contains(sensors) else { throw ValidationError("--sensors is 1 to 10000") }
        guard (1...99).contains(rounds) else { throw ValidationError("--rounds is 1 to 99") }
    }

    func run() async throws {
        LogSetup.begin(.error, .text)
        SignalNumber.ignoreBrokenPipes()
        let report: StoreReport
        do {
            report = try await measure()
            Console.standard.show(try IngestReport.json(report))
        } catch {
            Console.standard.tell("The benchmark did not run: \(error)")
            throw ExitCode(2)
        }
        if goal, !report.meetsGoals { throw ExitCode(1) }
    }

    private func measure() async throws -> StoreReport {
        let shape = StoreShape(
            rows: rows, batchRows: batch, sensors: sensors, rounds: rounds, seed: seed, folder: folder)
        let parts = part.isEmpty ? Part.allCases : part
        return try await EventLoop.beside { loop in
            var report = StoreReport(shape)
            if parts.contains(.sqlite) { report.sqlite = try await JournalRate(load: shape, loop: loop).run() }
            return report
        }
    }
}
