import ArgumentParser
import EventLoop
import Foundation
import Logging
import PostgresHistory
import SQLiteJournal

/// A store, as the command line names it.
enum StoreName: String, ExpressibleByArgument, CaseIterable {
    case sqlite, postgres
}

/// `doppel admin copy`.
struct AdminCopy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy", abstract: "Move everything durable from one store to the other, and compare the counts.",
        discussion: """
            sqlite is the journal of the data directory, postgres the database of history.url (DOPPEL_HISTORY_URL). \
            Cut off at any moment, the same command goes on where it was. To postgres: needs a journal that no Doppel \
            uses; a running one that has history.url copies by itself. To sqlite: needs a data directory without a \
            journal; Doppel then starts stopped, as after a restore, and devices need their emergency tokens set \
            again, which PostgreSQL does not hold. Exit status: 0 copied and the counts are equal; 1 not done, or they \
            differ, and why is said; 64 wrong usage.
            """)

    @Option(help: "Where the rows are: sqlite or postgres.")
    var from: StoreName

    @Option(help: "Where they go: the other one.")
    var to: StoreName

    @Option(help: "Which journal of the database to copy to sqlite (default: the one that was fed last).")
    var journal: String?

    @Flag(help: "Put a copy in sqlite to use although counts differ or safety records do not fit.")
    var acceptDifferences = false

    @OptionGroup var options: ConfigurationOptions

    private static let kept = "Anything that was copied is kept: the same command goes on from there."

    func validate() throws {
        guard from != to else {
            throw ValidationError("--from and --to name the same store. Say --from sqlite --to postgres, or back.")
        }
        if to == .postgres, journal != nil || acceptDifferences {
            throw ValidationError("--journal and --accept-differences go with --from postgres --to sqlite only.")
        }
    }

    func run() async throws {
        LogSetup.begin(.warning, .text)
        let interruption = try Interruption {
            Console.standard.tell("Not copied: it was interrupted. \(Self.kept)")
        }
        defer { interruption.cancel() }
        let status = await perform(environment: ProcessInfo.processInfo.environment, console: .standard)
        if status != 0 { throw ExitCode(status) }
    }

    /// Copies, says what was copied and compared, and returns the status to end with.
    func perform(environment: [String: String], console: Console) async -> Int32 {
        do {
            let configuration = try options.resolve(environment: environment).configuration
            let address = try configuration.database()
            let loop = try EventLoop()
            loop.start()
            defer {
                loop.stop()
                loop.join()
            }
            return try await DatabaseSession.with(address) { link in
                switch to {
                case .postgres:
                    return try await CopyToPostgres(
                        configuration: configuration, address: address, link: link, loop: loop, console: console
                    ).run()
                case .sqlite:
                    return try await CopyToSQLite(
                        configuration: configuration, address: address, link: link, loop: loop, console: console,
                        journal: journal, acceptsDifferences: acceptDifferences,
                        who: "admin:\(environment["USER"] ?? "copy")"
                    ).run()
                }
            }
        } catch let problems as Problems {
            for problem in problems.list { console.tell(problem.description) }
        } catch {
            console.tell("Not copied: \(error)")
            console.tell(Self.kept)
        }
        return 1
    }
}
