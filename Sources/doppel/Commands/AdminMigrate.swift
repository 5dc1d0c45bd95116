import ArgumentParser
import EventLoop
import Foundation
import Logging
import PostgresHistory

/// `doppel admin migrate`.
struct AdminMigrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the PostgreSQL database to this Doppel's schema, or to another version.",
        discussion: """
            The database is that of the setting history.url (DOPPEL_HISTORY_URL). Each version is made in one \
            transaction: whole or not at all. `doppel serve` makes a missing or older schema newer by itself; this \
            command is for doing it beforehand, under another user, or back. Exit status: 0 done, or nothing to do; \
            1 not done, and why is said; 64 wrong usage.
            """)

    @Option(help: "The version that is wanted, 0 for none (default: the newest).")
    var to: Int?

    @Flag(help: "Show what would be done, and change nothing.")
    var dryRun = false

    @Flag(help: "Go back to a version that cannot hold what the database holds; that history is removed.")
    var acceptDataLoss = false

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let status = await perform(environment: ProcessInfo.processInfo.environment, console: .standard)
        if status != 0 { throw ExitCode(status) }
    }

    /// Migrates, says what was done, and returns the status to end with.
    func perform(environment: [String: String], console: Console) async -> Int32 {
        let address: PostgresAddress
        do throws(Problems) {
            address = try options.resolve(environment: environment).configuration.database()
        } catch {
            for problem in error.list { console.tell(problem.description) }
            return 1
        }
        do {
            try await DatabaseSession.with(address) { link in try await migrate(address, link, console) }
            return 0
        } catch {
            console.tell("Not migrated: \(error)")
            return 1
        }
    }

    private func migrate(_ address: PostgresAddress, _ link: PostgresLink, _ console: Console) async throws {
        let migrator = SchemaMigrator(link)
        let plan = try await migrator.plan(to: to)
        console.show("Database: \(address)")
        guard !plan.steps.isEmpty else {
            return console.show("Version \(plan.current) of the schema is there; nothing to do.")
        }
        if dryRun {
            for step in plan.steps { console.show("would go \(Self.words(step))") }
            return console.show("Nothing was changed.")
        }
        try await migrator.migrate(to: to, mayLoseData: acceptDataLoss) { step in
            console.show("went \(Self.words(step))")
        }
    }

    private static func words(_ step: MigrationPlan.Step) -> String {
        "from version \(step.from) to \(step.to): \(step.isDown ? "without " : "")\(step.migration.name)"
            + (step.losesData ? " (removes data)" : "")
    }
}

extension Configuration {
    /// The database of a command that works on one.
    func database() throws(Problems) -> PostgresAddress {
        guard let history else {
            throw Problems([
                Problem(
                    ConfigurationKey.historyURL.variable,
                    "names no PostgreSQL database; set it to \(PostgresAddress.form)")
            ])
        }
        return history
    }
}

/// A connection to PostgreSQL for one command.
enum DatabaseSession {
    /// Connects, works, and disconnects; the first failed attempt ends it.
    static func with<Value: Sendable>(
        _ address: PostgresAddress, _ body: (PostgresLink) async throws -> Value
    ) async throws -> Value {
        let loop = try EventLoop()
        loop.start()
        defer {
            loop.stop()
            loop.join()
        }
        let (attempts, attempt) = AsyncStream.makeStream(of: String?.self)
        var events = PostgresLinkEvents()
        events.connected = { _ in attempt.yield(nil) }
        events.disconnected = { reason, _ in attempt.yield(reason) }
        var logger = Logger(label: "doppel.postgres")
        logger.logLevel = .error
        let link = PostgresLink(
            loop: loop, options: PostgresLinkOptions(address: address), events: events, logger: logger)
        loop.post { link.start { _ in } }
        let result: Result<Value, any Error>
        if let reason = await attempts.first(where: { _ in true }) ?? "it ended" {
            result = .failure(PostgresFailure.unreachable(address, reason))
        } else {
            do { result = .success(try await body(link)) } catch { result = .failure(error) }
        }
        await withCheckedContinuation { continuation in loop.post { link.stop { continuation.resume() } } }
        return try result.get()
    }
}
