import EventLoop
import Foundation
import PostgresHistory
import SQLiteJournal
import TwinCore
import TwinRuntime

/// `doppel admin copy --from sqlite --to postgres`: the feed of a running Doppel, once and to its end.
struct CopyToPostgres {
    /// How many records are looked for together in the end.
    private static let recordsPerLook = 10_000

    let configuration: Configuration
    let address: PostgresAddress
    let link: PostgresLink
    let loop: EventLoop
    let console: Console

    /// Copies, compares, and returns the status to end with.
    func run() async throws -> Int32 {
        let directory = configuration.dataDirectory
        guard FileManager.default.fileExists(atPath: "\(directory)/\(SQLiteJournal.fileName)") else {
            throw JournalFailure("there is no journal in \(directory). Name the data directory that Doppel uses.")
        }
        var options = JournalOptions()
        options.calendar = SiteTimeZone(configuration.historyTimeZone)?.calendar ?? .utc
        options.isFed = true
        let journal: SQLiteJournal
        do {
            journal = try SQLiteJournal(directory: directory, loop: loop, options: options)
        } catch {
            throw JournalFailure(
                "\(error) A Doppel that runs there with \(ConfigurationKey.historyURL.variable) copies by itself.")
        }
        let result: Result<CopyComparison, any Error>
        do { result = .success(try await copy(journal)) } catch { result = .failure(error) }
        await withCheckedContinuation { continuation in journal.close { continuation.resume() } }
        let comparison = try result.get()
        console.show("Copied: \(directory) to \(address)")
        for line in comparison.lines { console.show(line) }
        return comparison.isEqual ? 0 : 1
    }

    private func copy(_ journal: SQLiteJournal) async throws -> CopyComparison {
        let last = UInt64(try await journal.backlog(after: FeedCheckpoint()).rows)
        let meter = CopyMeter(console, of: last)
        let feed = HistoryFeed(
            from: journal, to: link, on: loop, prepare: { [link] in try await SchemaMigrator(link).migrate() })
        try await feed.bringAll { meter.reached($0) }
        meter.end()
        let id = try await journal.origin().journal
        guard let fed = try await FedJournal.all(link).first(where: { $0.id == id }) else {
            throw JournalFailure("the journal \(id) is not in PostgreSQL although it was copied.")
        }
        return try await compare(journal, JournalReader(fed, link))
    }

    /// Counts samples by day, and looks for each record: other stores may hold more, from before retention.
    private func compare(_ journal: SQLiteJournal, _ reader: JournalReader) async throws -> CopyComparison {
        let from = max(
            try await reader.readingsFrom(), try await journal.keptFrom() ?? UnixTime(milliseconds: 0))
        let (held, there) = (
            try await journal.counts(readingsFrom: from), try await reader.readingsByDay(from: from)
        )
        var comparison = CopyComparison(source: .sqlite)
        comparison.add(readings: held.readingsByDay, there)
        for safety in [false, true] {
            let found = try await look(from: 0) {
                try await journal.factPlaces(after: $0, limit: $1, safety: safety)
            } _: {
                try await reader.look(for: $0, safety: safety, &$1)
            }
            comparison.add(safety ? "safety records" : "events", found, as: "fact")
        }
        let commands = try await look(from: "") {
            try await journal.commandPlaces(after: $0, limit: $1)
        } _: {
            try await reader.look(for: $0, &$1)
        }
        comparison.add("commands", commands, as: "command")
        let twins = try await look(from: "") {
            try await journal.twinPlaces(after: $0, limit: $1)
        } _: {
            try await reader.look(forTwinsOf: $0.map(\.name), &$1)
        }
        comparison.add("twins", twins, as: "device")
        return comparison
    }

    /// Goes through the records of one kind.
    private func look<Name: Sendable & Hashable>(
        from first: Name, _ next: (Name, Int) async throws -> [RecordPlace<Name>],
        _ find: ([RecordPlace<Name>], inout HeldRecords) async throws -> Void
    ) async throws -> HeldRecords {
        var held = HeldRecords()
        var last = first
        while case let places = try await next(last, Self.recordsPerLook), let end = places.last {
            try await find(places, &held)
            last = end.name
        }
        return held
    }
}
