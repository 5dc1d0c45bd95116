import EventLoop
import Logging
import PostgresHistory
import SQLiteJournal
import TwinCore
import TwinRuntime

/// What runs where a PostgreSQL database keeps history beside the embedded store.
///
/// Each part has a link of its own, so that neither a long question nor the upkeep makes the feed wait.
struct PostgresParts {
    /// The answers of both stores as one.
    let history: TieredHistory
    /// The pasts of both stores as one.
    let past: TieredPast
    private let links: [(name: String, link: PostgresLink)]
    private let feed: HistoryFeed
    private let upkeep: PostgresUpkeep
    private let inbox: PostgresInbox?

    /// Puts the parts together; nothing runs yet.
    ///
    /// - Parameters:
    ///   - given: Where others say that they put readings into the database, and where those go; `nil` for no inbox.
    ///   - waiting: What waits in the journal; asked on the loop.
    init(
        _ address: PostgresAddress, besides journal: SQLiteJournal, keeping rules: RetentionRules, on loop: EventLoop,
        inbox given: (channel: String, street: PostgresInbox.Street)?,
        waiting: @escaping @Sendable () -> OutageReport.Waiting
    ) {
        let logger = Logger(label: "doppel.postgres")
        let report = OutageReport(server: "\(address)", on: loop, logger: logger, waiting: waiting)
        func link(_ name: String, effect: String) -> PostgresLink {
            PostgresLink(
                loop: loop, options: PostgresLinkOptions(address: address),
                events: report.events(of: .link(name, effect: effect)), logger: logger)
        }
        let feeding = link("feed_link", effect: "nothing is fed")
        let keeping = link("upkeep_link", effect: "rollups and retention there wait")
        let asking = link("questions", effect: "questions that reach further back than the journal are refused")
        links = [("feed_link", feeding), ("upkeep_link", keeping), ("questions", asking)]
        feed = HistoryFeed(
            from: journal, to: feeding, on: loop, prepare: { try await SchemaMigrator(feeding).migrate() },
            tell: report.note(
                of: .work("feed", headline: "PostgreSQL does not take history", effect: "nothing is fed")))
        upkeep = PostgresUpkeep(
            keeping, calendar: journal.calendar, retention: HistoryRetention(rules), on: loop,
            tell: report.note(
                of: .work(
                    "upkeep", headline: "PostgreSQL's history is not kept up",
                    effect: "rollups and retention there wait, so questions about long spans are slow")))
        history = TieredHistory(
            recent: journal,
            older: PostgresHistoryStore(asking, calendar: journal.calendar, deadLettersFrom: journal),
            calendar: journal.calendar)
        past = TieredPast(recent: journal, older: PostgresPast(asking, of: journal))
        inbox = given.map { given in
            PostgresInbox(
                PostgresLinkOptions(address: address), channel: given.channel,
                holder: { try await journal.origin().journal }, on: loop,
                prepare: { try await SchemaMigrator($0).migrate() },
                watched: {
                    report.events(of: .link("inbox_link", effect: "readings that others put in there wait"), $0)
                }, to: given.street)
        }
    }

    /// What the inbox took, refused, and has waiting; callable from any thread.
    func measurements() -> [Measurement] { inbox?.measurements() ?? [] }

    /// The parts for the supervisor tree: links first, so that they end last.
    var children: [Supervisor.Child] {
        // They look after themselves for as long as the process runs, whatever becomes of the database.
        let shown = RestartRule(policy: .temporary)
        let obstacle = "it tries again by itself; see to the database that `health` names"
        func child(_ name: String, _ part: any SupervisedPart) -> Supervisor.Child {
            Supervisor.Child(name, part, rule: shown, restartObstacle: obstacle)
        }
        var children = links.map { child($0.name, $0.link) }
        if let inbox { children.append(child("inbox_link", inbox.link)) }
        children += [child("feed", feed), Supervisor.Child("upkeep", upkeep)]
        if let inbox { children.append(child("inbox", inbox)) }
        return children
    }
}

extension HistoryRetention {
    /// The same days, for PostgreSQL.
    fileprivate init(_ rules: RetentionRules) {
        func days(_ days: Int) -> Int? { days > 0 ? days : nil }
        self.init(
            readingsDays: days(rules.readingsDays), rollupsDays: days(rules.rollupsDays),
            eventsDays: days(rules.eventsDays), safetyDays: days(rules.safetyDays))
    }
}
