import EventLoop
import PostgresHistory
import SQLiteJournal
import TwinCore
import TwinRuntime

/// `doppel admin copy --from postgres --to sqlite`: a journal made of what was fed, to start from, stopped.
struct CopyToSQLite {
    /// How many journals of a database are listed.
    private static let maximumListed = 10

    let configuration: Configuration
    let address: PostgresAddress
    let link: PostgresLink
    let loop: EventLoop
    let console: Console
    /// The journal that is wanted; `nil` for the one that was fed last.
    let journal: String?
    let acceptsDifferences: Bool
    let who: String

    /// Copies, compares, and returns the status to end with.
    func run() async throws -> Int32 {
        let directory = configuration.dataDirectory
        if try JournalCopy.settle(in: directory, at: loop.moment.time) {
            console.show("Copied: the copy into \(directory) was whole already; it is in its place now.")
            tellNext()
            return 0
        }
        let reader = try await JournalReader(choice(), link)
        let copy = try JournalCopy(of: try await reader.origin(), into: directory)
        if copy.place.sequence > 0 {
            console.show("Goes on behind fact \(copy.place.sequence) of \(reader.journal.through).")
        }
        let meter = CopyMeter(console, of: reader.journal.through)
        while let (batch, place) = try await reader.next(after: copy.place) {
            try copy.take(batch, to: place)
            meter.reached(place.sequence)
        }
        meter.end()
        let comparison = try await compare(reader, copy)
        for line in comparison.lines { console.show(line) }
        guard comparison.isEqual || acceptsDifferences else {
            console.tell("Not put to use: \(directory) has no journal yet, and Doppel does not start on it.")
            console.tell(
                "Run the same command again; if the same is said, --accept-differences puts it to use as it is, and "
                    + "removing \(directory)/\(JournalCopy.stagingName) begins anew.")
            return 1
        }
        let number = String(UInt32.random(in: .min ... .max), radix: 16)
        let name = IncidentID("inc-" + String(repeating: "0", count: 8 - number.count) + number)
        let start = try await copy.finish(loop: loop, stop: name, by: who)
        console.show("Copied: journal \(reader.journal.id) of \(address) into \(directory)")
        tell(start)
        tellNext()
        return comparison.isEqual ? 0 : 1
    }

    /// Finds the journal that is wanted.
    private func choice() async throws -> FedJournal {
        let plan = try await SchemaMigrator(link).plan()
        guard plan.current > 0 else { throw JournalFailure("\(address) holds no history of Doppel's.") }
        guard plan.steps.isEmpty else {
            throw JournalFailure(
                "\(address) has version \(plan.current) of the schema, and this Doppel reads \(plan.target). Run "
                    + "`doppel admin migrate` first.")
        }
        let journals = try await FedJournal.all(link)
        guard let latest = journals.first else {
            throw JournalFailure("\(address) holds no journal: nothing was ever fed to it.")
        }
        if journals.count > 1 { list(journals, latest) }
        guard let journal else { return latest }
        guard let chosen = journals.first(where: { $0.id == journal }) else {
            let known = journals.prefix(Self.maximumListed).map(\.id).joined(separator: ", ")
            throw JournalFailure("\(address) holds no journal '\(journal)'. Name one of \(known) with --journal.")
        }
        return chosen
    }

    private func list(_ journals: [FedJournal], _ latest: FedJournal) {
        var table = Table(["JOURNAL", "FED THROUGH", "LAST FED", "BRANCHED OFF"])
        for journal in journals.prefix(Self.maximumListed) {
            table.add([
                journal.id, "\(journal.through)", journal.lastFed?.rfc3339 ?? "never",
                journal.former.map { "\($0.id) at \($0.shared)" } ?? "",
            ])
        }
        for line in table.lines { console.show(line) }
        console.show("Taken: \(journal ?? latest.id), with what it shares with the journals it branched off.")
    }

    private func compare(_ reader: JournalReader, _ copy: JournalCopy) async throws -> CopyComparison {
        let from = try await reader.readingsFrom()
        let (given, found) = (try await reader.counts(readingsFrom: from), try copy.counts(readingsFrom: from))
        var comparison = CopyComparison(source: .postgres)
        comparison.add(readings: given.readingsByDay, found.readingsByDay)
        comparison.add("events", given.events, found.events)
        comparison.add("safety records", given.safetyRecords, found.safetyRecords)
        comparison.add("commands", given.commands, found.commands)
        comparison.add("twins", given.twins, found.twins)
        comparison.add("past twins", given.pastTwins, found.pastTwins)
        if let misfits = copy.misfits {
            comparison.add(
                difference:
                    "\(misfits.count) safety records in PostgreSQL do not follow the one before them; the first "
                    + "is fact \(misfits.first): it was altered there, or one before it was removed")
        }
        return comparison
    }

    private func tell(_ start: StoppedStart) {
        console.show("STOPPED: emergency stop \(start.stop.id) of everything is latched; nothing is switched on.")
        if !start.earlierStops.isEmpty {
            console.show("Stops that held before hold still: \(start.earlierStops.count)")
        }
        console.show(
            "Devices: \(start.devices). Not copied: dead letters, and rollups, which are made of the readings.")
        guard !start.tokenHolders.isEmpty else { return }
        let names = start.tokenHolders.prefix(Self.maximumListed).map(\.description).joined(separator: ", ")
        console.show(
            "EMERGENCY TOKENS are not in PostgreSQL. Set them again; until then cut the power of these by hand: \(names)"
                + (start.tokenHolders.count > Self.maximumListed ? " …" : ""))
    }

    private func tellNext() {
        console.show("Next: 1. make sure that no other Doppel commands this site;")
        console.show("      2. start this one: `doppel serve --data-directory \(configuration.dataDirectory)`;")
        console.show("      3. go and look at every machine; `doppel stop status` shows who has not confirmed;")
        console.show("      4. `doppel stop clear`.")
    }
}
