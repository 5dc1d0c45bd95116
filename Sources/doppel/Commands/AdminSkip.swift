import ArgumentParser
import EventLoop
import Foundation
import PostgresHistory
import SQLiteJournal
import TwinCore
import TwinRuntime

/// `doppel admin skip`.
struct AdminSkip: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip",
        abstract: "Have the feed to PostgreSQL go past a row that holds it up. Without a number: show what comes next.",
        discussion: """
            The part `feed` names the row. Only the next one to be fed can be skipped, and one that can be read only \
            with --although-readable. It stays in the data directory; PostgreSQL never gets it, and says so in \
            skipped_rows, as the part `feed` does from then on. A Doppel that runs goes on by itself within half a \
            minute. Exit status: 0 skipped or shown; 1 not done, and why is said; 64 wrong usage.
            """)

    @Option(help: "The number of the fact or reading to go past.")
    var row: UInt64?

    @Option(help: "The number of the command's record to go past.")
    var record: UInt64?

    @Flag(help: "Go past it although it can be read: PostgreSQL refuses it.")
    var althoughReadable = false

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard row == nil || record == nil else { throw ValidationError("Say --row or --record, one at a time.") }
    }

    func run() async throws {
        let status = await perform(environment: ProcessInfo.processInfo.environment, console: .standard)
        if status != 0 { throw ExitCode(status) }
    }

    /// Skips or shows, and returns the status to end with.
    func perform(environment: [String: String], console: Console) async -> Int32 {
        do {
            let configuration = try options.resolve(environment: environment).configuration
            let address = try configuration.database()
            let journal = try WaitingJournal(directory: configuration.dataDirectory)
            return try await DatabaseSession.with(address) { link in
                let feed = try await FeedSkip(of: journal.journal, link)
                return try await skip(journal, feed, by: "admin:\(environment["USER"] ?? "skip")", console)
            }
        } catch let problems as Problems {
            for problem in problems.list { console.tell(problem.description) }
        } catch {
            console.tell("Nothing was skipped: \(error)")
        }
        return 1
    }

    private func skip(
        _ journal: WaitingJournal, _ feed: FeedSkip, by who: String, _ console: Console
    ) async throws -> Int32 {
        let nextRow = try journal.row(after: feed.held.sequence)
        let nextRecord = try journal.record(after: feed.held.change)
        guard let wanted = row ?? record else {
            console.show("PostgreSQL holds all up to row \(feed.held.sequence) and record \(feed.held.change).")
            console.show(Self.words("row", nextRow))
            console.show(Self.words("record", nextRecord))
            return 0
        }
        let kind = row == nil ? "record" : "row"
        guard let next = row == nil ? nextRecord : nextRow, next.number == wanted else {
            console.tell("Nothing was skipped: only what comes next can be.")
            console.tell(Self.words(kind, row == nil ? nextRecord : nextRow))
            return 1
        }
        guard next.mayBeSkipped else {
            console.tell(
                "Nothing was skipped: \(kind) \(wanted) is \(next.name), and twins of the past would be rebuilt "
                    + "wrongly without it. Restore a backup of the data directory, or start the version that wrote it.")
            return 1
        }
        guard next.failure != nil || althoughReadable else {
            console.tell(
                "Nothing was skipped: \(kind) \(wanted), \(next.name), can be read. If PostgreSQL refuses it, say "
                    + "--although-readable.")
            return 1
        }
        let reason = next.failure ?? "skipped although it can be read"
        if row == nil {
            try await feed.skip(record: Int64(clamping: wanted), because: reason, by: who)
        } else {
            try await feed.skip(row: wanted, because: reason, by: who)
        }
        console.show("Skipped: \(kind) \(wanted), \(next.name). PostgreSQL never gets it; skipped_rows there says so.")
        return 0
    }

    private static func words(_ kind: String, _ next: NextToFeed?) -> String {
        guard let next else { return "No \(kind) waits." }
        let state = next.failure.map { "cannot be read: \($0)" } ?? "can be read"
        return "Next comes \(kind) \(next.number), \(next.name); it \(state)."
    }
}
