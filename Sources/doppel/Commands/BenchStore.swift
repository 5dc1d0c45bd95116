import ArgumentParser
import EventLoop
import Logging

/// `doppel bench store`: how fast readings are kept, beside bare use of the same stores.
struct BenchStore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Measure how fast readings are kept and found, beside bare use of the same stores.",
        discussion: """
            sqlite: readings a second that the journal makes durable, beside a loop of INSERT statements through \
            SQLite's C interface into the same table, with the same batches and the same durability.

            postgres: readings a second that the feed brings from a filled journal to PostgreSQL, beside a COPY of the \
            same rows through libpq into the same table, in transactions of the same size.

            query: how long a question about a random sensor's month by the hour takes over --history-rows readings in \
            PostgreSQL, beside one statement through libpq for the same rows. The goal is for 50000000 rows, \
            which take 15 GB of disk; --folder says where, --keep leaves them there for another run.

            Ours and the yardstick take turns, in empty stores. Prints JSON with medians and each round on standard \
            output, progress on standard error. Build with -c release. Without --postgres a private server is started \
            and ended.

            Exit status: 0 measured; 1 measured, and a goal was missed (only with --goal); 2 a part did not run; \
            64 wrong usage.
            """)

    /// What can be measured.
    enum Part: String, ExpressibleByArgument, CaseIterable {
        case sqlite, postgres, query
    }

    @Option(help: "What to measure; may be repeated. Everything if it is left out.")
    var part: [Part] = []

    @Option(help: "How many rows each measurement stores.")
    var rows = 200_000

    @Option(help: "How many rows a transaction of the journal has.")
    var batch = 1000

    @Option(help: "How many sensors the readings come from.")
    var sensors = 1000

    @Option(help: "How often each is measured.")
    var rounds = 5

    @Option(help: "How many rows the questions go over.")
    var historyRows = 1_000_000

    @Option(help: "How many sensors they come from.")
    var historySensors = 500

    @Option(help: "How many questions are asked.")
    var questions = 1000

    @Option(help: "The address of a server whose user may make databases, instead of a private one.")
    var postgres: String?

    @Option(help: "Decides the readings and the questions.")
    var seed: UInt64 = 1

    @Option(help: "Where the files are put; the folder for temporary files if left out.")
    var folder: String?

    @Flag(help: "Leave the filled database for another run: below --folder, or in the server of --postgres.")
    var keep = false

    @Flag(help: "End with status 1 unless every goal was met.")
    var goal = false

    func validate() throws {
        guard (1...100_000_000).contains(rows) else { throw ValidationError("--rows is 1 to 100000000") }
        guard (1...100_000).contains(batch) else { throw ValidationError("--batch is 1 to 100000") }
        guard (1...10_000).contains(sensors) else { throw ValidationError("--sensors is 1 to 10000") }
        guard (1...10_000).contains(historySensors) else {
            throw ValidationError("--history-sensors is 1 to 10000")
        }
        guard (historySensors...1_000_000_000).contains(historyRows) else {
            throw ValidationError("--history-rows is \(historySensors) (one for each sensor) to 1000000000")
        }
        guard (1...1_000_000).contains(questions) else { throw ValidationError("--questions is 1 to 1000000") }
        guard !keep || folder != nil || postgres != nil else {
            throw ValidationError("--keep wants a --folder to keep the server's files in, or a server of its own")
        }
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
            if parts.contains(.postgres) {
                let place = BenchPostgres.Place(url: postgres, folder: folder)
                report.postgres = try await FeedRate(shape: shape, place: place, loop: loop).run()
            }
            if parts.contains(.query) { report.query = try await question(loop) }
            return report
        }
    }

    private func question(_ loop: EventLoop) async throws -> QueryReport {
        let place = BenchPostgres.Place(url: postgres, folder: folder, isKept: keep)
        let time = QueryTime(
            fill: HistoryFill(rows: historyRows, sensors: historySensors), questions: questions, seed: seed,
            place: place, loop: loop)
        return try await time.run()
    }
}
