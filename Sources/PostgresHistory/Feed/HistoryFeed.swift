public import EventLoop
public import Logging
import Synchronization
import TwinCore
public import TwinRuntime

/// Copies what the journal holds to PostgreSQL: every row once, in order, whatever ends in between.
///
/// The feed pulls; nothing waits for it. Rows and checkpoint go in one transaction, so after a crash of either side the
/// checkpoint says what is there. It is believed as long as everything goes well and read again after any failure.
/// While PostgreSQL is away rows wait in the journal. What waited is caught up with in full batches, the next one being
/// read while one is on its way.
public final class HistoryFeed: SupervisedPart {
    /// The channel on which it tells what it stored.
    public static let channel = FeedNotice.channel
    /// The most facts and samples of one transaction.
    public static let batchRows = 10_000
    /// The most corrected samples of one transaction.
    static let correctionRows = 2_000
    /// How long values that were computed again wait at most while rows come without a pause, in milliseconds.
    static let correctionMilliseconds: Int64 = 1_000
    /// How long one transaction may take, in milliseconds.
    public static let deadlineMilliseconds: Int64 = 30_000
    /// How long rows gather before they leave, in milliseconds.
    public static let gatheringMilliseconds: Int64 = 250
    /// How often the journal is told how far the feed is, and asked how much waits, in milliseconds.
    static let bookkeepingMilliseconds: Int64 = 1_000

    let source: any FeedSource
    let link: PostgresLink
    let loop: EventLoop
    let logger: Logger
    let batchRows: Int
    let prepare: @Sendable () async throws -> Void
    private let rounds: PostgresRounds
    private let listeners: FeedListeners.Limits
    private let tell: @Sendable (String?) -> Void
    private let standing = Mutex(FeedStanding())

    /// Puts a feed together.
    ///
    /// - Parameters:
    ///   - link: One that no question waits for; started before the feed and stopped after it.
    ///   - batchRows: The most facts and samples of one transaction.
    ///   - prepare: Runs before the feed begins, and begins again after a failure: brings the schema up to date.
    ///   - tell: Hears why the feed waits to try again, and `nil` when rows arrive; from any thread.
    public convenience init(
        from source: any FeedSource, to link: PostgresLink, on loop: EventLoop, batchRows: Int = HistoryFeed.batchRows,
        logger: Logger = Logger(label: "doppel.feed"), prepare: @escaping @Sendable () async throws -> Void = {},
        tell: @escaping @Sendable (_ trouble: String?) -> Void = { _ in }
    ) {
        self.init(
            from: source, to: link, on: loop, batchRows: batchRows, listeners: FeedListeners.Limits(), logger: logger,
            prepare: prepare, tell: tell)
    }

    init(
        from source: any FeedSource, to link: PostgresLink, on loop: EventLoop, batchRows: Int,
        listeners: FeedListeners.Limits, logger: Logger,
        retryMilliseconds: ClosedRange<Int64> = PostgresRounds.retryMilliseconds,
        prepare: @escaping @Sendable () async throws -> Void,
        tell: @escaping @Sendable (_ trouble: String?) -> Void = { _ in }
    ) {
        self.source = source
        self.listeners = listeners
        self.link = link
        self.loop = loop
        self.batchRows = batchRows
        self.logger = logger
        self.prepare = prepare
        self.tell = tell
        rounds = PostgresRounds(on: loop, retryMilliseconds: retryMilliseconds)
    }

    /// Begins to feed; runs from the first moment on, with or without PostgreSQL.
    public func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        rounds.start(through: link) { [self] in
            var course = FeedCourse(batchRows: batchRows, listeners: FeedListeners(limits: listeners))
            await rounds.run(&course, round, failed: failed)
            course.dropNext()
            try? await tellRest(&course)
        }
        loop.post { tell(.running) }
    }

    /// Ends after the transaction that is under way, or when patience is over, and calls back on the loop.
    public func stop(_ completion: @escaping @Sendable () -> Void) { rounds.stop(completion) }

    /// How the feed fares: how many rows wait, and how old the oldest is.
    public func vitals() -> PartVitals { told.vitals(at: loop.moment.time) }

    /// What is told of the feed.
    var told: FeedStanding { standing.withLock { $0 } }

    /// Changes what is told of the feed.
    func note(_ change: (inout FeedStanding) -> Void) { standing.withLock { change(&$0) } }

    /// Brings one batch; begins before that, where nothing is believed.
    private func round(_ course: inout FeedCourse) async throws -> PostgresRounds.Rest {
        if course.journal == nil {
            // What waits is shown from the first moment on, and most of all while PostgreSQL is away.
            try? await keepBooks(&course)
            try await prepare()
            try await begin(&course)
        }
        let isBehind = try await advance(&course)
        tell(nil)
        try await keepBooks(&course)
        return isBehind ? .none : .milliseconds(Self.gatheringMilliseconds)
    }

    private func failed(
        _ error: any Error, _ course: inout FeedCourse, _ waitMilliseconds: Int64
    ) -> PostgresRounds.Answer {
        let isWorthWhile = course.failed(error)
        let reason = "\(error)"
        note { $0.trouble = reason }
        if isWorthWhile {
            logger.info("feed.begins-again", metadata: ["reason": "\(reason)", "rows": "\(course.limit)"])
            return .again
        }
        if !rounds.isStopping { tell(reason) }
        logger.debug("feed.waits", metadata: ["reason": "\(reason)", "retry_ms": "\(waitMilliseconds)"])
        return .wait
    }
}
