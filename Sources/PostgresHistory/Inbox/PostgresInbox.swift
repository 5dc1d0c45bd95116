public import EventLoop
public import Logging
public import TwinCore
public import TwinRuntime

/// Takes readings in that other programs put into the table `inbox_messages`.
///
/// A notice on a channel says that a row is there; every ``pollMilliseconds`` and with each new connection the table is
/// looked at anyway, so a lost notice loses nothing. Rows go to the twins in batches, oldest first, and are noted as
/// taken when what came of them is durable. Whatever ends in between, they are handed in again, and the journal knows
/// them by their digest.
public final class PostgresInbox: SupervisedPart {
    /// Hands messages to the twins, on the loop; what the street's `takeIn` promises holds.
    public typealias Street =
        @Sendable (
            InboundBatch, @escaping @Sendable (Result<[Refusal?], ServiceError>) -> Void
        ) -> Void

    /// Whether a text can name its channel.
    ///
    /// Only names that mean the same in SQL with and without quotes, so that nobody notifies another one by mistake.
    public static func isChannel(_ text: String) -> Bool {
        guard let first = text.utf8.first, (1...63).contains(text.utf8.count), text != FeedNotice.channel else {
            return false
        }
        let (letters, digits) = (UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"))
        return letters.contains(first)
            && text.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_") }
    }

    /// How often the table is looked at without a notice, in milliseconds.
    public static let pollMilliseconds: Int64 = 30_000
    /// How long it rests after a look, whatever is notified meanwhile, in milliseconds.
    static let restMilliseconds: Int64 = 50

    /// Its link to the server, to be started before it and stopped after it.
    public let link: PostgresLink
    let table: InboxTable
    let holder: @Sendable () async throws -> String
    let street: Street
    private let prepare: @Sendable () async throws -> Void
    let loop: EventLoop
    private let logger: Logger
    private let pollMilliseconds: Int64
    let bell: InboxBell
    let rounds: PostgresRounds

    /// Puts it together; nothing is taken before ``start(_:)``.
    ///
    /// - Parameters:
    ///   - options: Of a link that nobody else uses.
    ///   - channel: Where others say that they put a row in.
    ///   - holder: Who takes: what tells this Doppel from others at the same database, without spaces.
    ///   - retryMilliseconds: The shortest and the longest wait after a failure; `nil` for the usual ones.
    ///   - prepare: Runs first, and again after a failure: brings the schema up to date.
    ///   - watched: Lets somebody else hear of the link's events, too.
    ///   - street: Where messages go.
    public init(
        _ options: PostgresLinkOptions, channel: String, holder: @escaping @Sendable () async throws -> String,
        on loop: EventLoop, pollMilliseconds: Int64 = PostgresInbox.pollMilliseconds,
        retryMilliseconds: ClosedRange<Int64>? = nil, logger: Logger = Logger(label: "doppel.inbox"),
        prepare: @escaping @Sendable (PostgresLink) async throws -> Void = { _ in },
        watched: (PostgresLinkEvents) -> PostgresLinkEvents = { $0 }, to street: @escaping Street
    ) {
        let bell = InboxBell(logger: logger)
        let rounds = PostgresRounds(
            on: loop, minimumRestMilliseconds: Self.restMilliseconds,
            retryMilliseconds: retryMilliseconds ?? PostgresRounds.retryMilliseconds)
        var options = options
        options.channels = [channel]
        var events = PostgresLinkEvents()
        events.notified = { _, payload in if bell.heard(payload) { rounds.news() } }
        let link = PostgresLink(loop: loop, options: options, events: watched(events), logger: logger)
        self.link = link
        self.rounds = rounds
        table = InboxTable(link: link)
        self.bell = bell
        self.holder = holder
        self.street = street
        self.prepare = { try await prepare(link) }
        self.loop = loop
        self.logger = logger
        self.pollMilliseconds = pollMilliseconds
    }

    /// Begins to take; runs from the first moment on, with or without PostgreSQL.
    public func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        rounds.start(through: link) { [self] in
            var isPrepared = false
            await rounds.run(&isPrepared, round, failed: failed)
        }
        loop.post { tell(.running) }
    }

    /// Ends after the batch that is under way, or when patience is over, and calls back on the loop.
    public func stop(_ completion: @escaping @Sendable () -> Void) { rounds.stop(completion) }

    /// How many messages were taken and refused, and how many wait.
    public func vitals() -> PartVitals { bell.standing.vitals(at: loop.moment.time) }

    /// The same as numbers; callable from any thread.
    public func measurements() -> [Measurement] { bell.standing.measurements }

    /// Takes everything that waits.
    private func round(_ isPrepared: inout Bool) async throws -> PostgresRounds.Rest {
        if !isPrepared { try await prepare() }
        isPrepared = true
        try await takeWaiting()
        bell.note { $0.trouble = nil }
        return .milliseconds(pollMilliseconds)
    }

    private func failed(
        _ error: any Error, _ isPrepared: inout Bool, _ waitMilliseconds: Int64
    ) -> PostgresRounds.Answer {
        isPrepared = false
        let reason = (error as? ServiceError)?.reasonToWait ?? "\(error)"
        if bell.note({ $0.trouble = reason }).trouble != reason, !rounds.isStopping {
            logger.warning("inbox.waits", metadata: ["reason": "\(reason)"])
        }
        return .wait
    }
}

extension ServiceError {
    /// Why messages wait, for an operator.
    fileprivate var reasonToWait: String {
        switch self {
        case .journalUnavailable(let reason), .unsuitable(let reason): reason
        default: "the twins take nothing at present"
        }
    }
}
