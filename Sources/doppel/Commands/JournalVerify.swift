import ArgumentParser
import Foundation
import SQLiteJournal
import TwinRuntime

/// `doppel journal verify`: says what in the journal is not as it was stored, and touches nothing.
struct JournalVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read the whole journal, and name every record that is damaged.",
        discussion: """
            Reads and changes nothing, beside a running Doppel or without one. Checks SQLite's structure, the seal of \
            every row, the chain of safety records, and whether every body can be read. Rollups are not checked: they \
            can be computed from the readings. Exit status: 0 all is as it was stored; 1 something is damaged or the \
            journal cannot be read; 64 wrong usage.
            """)

    /// How many rows lie between two lines of progress.
    static let rowsPerLine = 1_000_000

    @Option(help: "Where the journal lies (default: from the configuration, ./data).")
    var dataDirectory: String?

    @Option(help: "The YAML file to take that from.")
    var config: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let status = perform(environment: ProcessInfo.processInfo.environment, console: .standard)
        if status != 0 { throw ExitCode(status) }
    }

    /// Verifies the journal, prints what was found, and returns the status to end with.
    func perform(environment: [String: String], console: Console) -> Int32 {
        do {
            let verification = try JournalVerification(directory: try directory(environment))
            var last = VerificationProgress(stage: "", rows: 0)
            let report = try verification.run { progress in
                guard progress.stage != last.stage || progress.rows >= last.rows + Self.rowsPerLine else { return }
                last = progress
                console.tell(JournalSheet.line(progress))
            }
            if json {
                console.write(Array(JournalSheet.json(report).utf8))
            } else {
                for line in JournalSheet.lines(report) { console.show(line) }
            }
            return report.isIntact ? 0 : 1
        } catch let problems as Problems {
            for problem in problems.list { console.tell(problem.description) }
        } catch {
            console.tell("\(error)")
        }
        return 1
    }

    /// The folder that the flag names, or the configuration.
    private func directory(_ environment: [String: String]) throws(Problems) -> String {
        if let dataDirectory { return dataDirectory }
        return try ResolvedConfiguration(
            flags: [:], environment: environment, file: config.map(ResolvedConfiguration.File.named) ?? .usual
        ).configuration.dataDirectory
    }
}
