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
    private let links: [(name: String, link: PostgresLink)]
    private let feed: HistoryFeed
    private let upkeep: PostgresUpkeep
    private let inbox: PostgresInbox?

    /// Puts the parts together; nothing runs yet.
    ///
    /// - Parameters:
    ///   - inboxChannel: Where others say that they put readings into the database; `nil` where none are taken.
    ///   - street: Where such readings go.
    init(
        _ address: PostgresAddress, besides journal: SQLiteJournal, keeping rules: RetentionRules, on loop: EventLoop,
        inboxChannel: String?, street: @escaping PostgresInbox.Street
    ) {
        let logger = Logger(label: "doppel.postgres")
        let (feeding, keeping, asking) = (
            Self.link(address, loop, logger), Self.link(address, loop, logger), Self.link(address, loop, logger)
        )
        links = [("feed_link", feeding), ("upkeep_link", keeping), ("questions", asking)]
        feed = HistoryFeed(
            from: journal, to: feeding, on: loop, prepare: { try await SchemaMigrator(feeding).migrate() })
        upkeep = PostgresUpkeep(keeping, calendar: journal.calendar, retention: HistoryRetention(rules), on: loop)
        history = TieredHistory(
            recent: journal,
            older: PostgresHistoryStore(asking, calendar: journal.calendar, deadLettersFrom: journal),
            calendar: journal.calendar)
        inbox = inboxChannel.map { channel in
            PostgresInbox(
                PostgresLinkOptions(address: address), channel: channel, holder: { try await journal.journalID() },
                on: loop, prepare: { try await SchemaMigrator($0).migrate() }, to: street)
        }
    }

    private static func link(_ address: PostgresAddress, _ loop: EventLoop, _ logger: Logger) -> PostgresLink {
        PostgresLink(loop: loop, options: PostgresLinkOptions(address: address), logger: logger)
    }

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
