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
    /// The shortest and the longest wait after a failure, in milliseconds.
    static let retryMilliseconds: ClosedRange<Int64> = 500...30_000
    /// How often the journal is told how far the feed is, and asked how much waits, in milliseconds.
    static let bookkeepingMilliseconds: Int64 = 1_000
    /// How long an orderly end waits for the transaction that is under way, in milliseconds.
    public static let patienceMilliseconds: Int64 = 2_000

    let source: any FeedSource
    let link: PostgresLink
    let loop: EventLoop
    let logger: Logger
    let alarm: FeedAlarm
    let batchRows: Int
    let prepare: @Sendable () async throws -> Void
    private let listeners: FeedListeners.Limits
    private let tell: @Sendable (String?) -> Void
    private let state = Mutex(State())

    private struct State {
        var standing = FeedStanding()
        var isStopping = false
        var whenOver: [@Sendable () -> Void] = []
        var isOver = false
    }

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
        listeners: FeedListeners.Limits, logger: Logger, prepare: @escaping @Sendable () async throws -> Void,
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
        alarm = FeedAlarm(on: loop)
    }

    /// Begins to feed; runs from the first moment on, with or without PostgreSQL.
    public func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        Task { await run() }
        loop.post { tell(.running) }
    }

    /// Ends after the transaction that is under way, or after ``patienceMilliseconds``, and calls back on the loop.
    public func stop(_ completion: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            state.isStopping = true
            if !state.isOver { state.whenOver.append(completion) }
            return state.isOver
        }
        if isOver { return loop.post(completion) }
        alarm.ring()
        _ = loop.schedule(afterMilliseconds: Self.patienceMilliseconds) { self.over() }
    }

    /// How the feed fares: how many rows wait, and how old the oldest is.
    public func vitals() -> PartVitals { state.withLock { $0.standing }.vitals(at: loop.moment.time) }

    /// Says that there is something new, so that it need not wait for the next look; from any thread.
    public func nudge() { alarm.ring() }

    private func over() {
        let completions = state.withLock { state in
            state.isOver = true
            defer { state.whenOver = [] }
            return state.whenOver
        }
        for completion in completions { loop.post(completion) }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Changes what is told of the feed.
    func note(_ change: (inout FeedStanding) -> Void) { state.withLock { change(&$0.standing) } }

    /// The feed's whole life.
    @concurrent
    private func run() async {
        var wait = Self.retryMilliseconds.lowerBound
        var course = FeedCourse(batchRows: batchRows, listeners: FeedListeners(limits: listeners))
        while !isStopping {
            // What waits is shown from the first moment on, and most of all while PostgreSQL is away.
            try? await keepBooks(&course)
            do {
                try await prepare()
                try await begin(&course)
                while !isStopping {
                    let isBehind = try await advance(&course)
                    tell(nil)
                    wait = Self.retryMilliseconds.lowerBound
                    try await keepBooks(&course)
                    if !isBehind { await alarm.sleep(milliseconds: Self.gatheringMilliseconds) }
                }
            } catch {
                let isWorthWhile = course.failed(error)
                let reason = "\(error)"
                note { $0.trouble = reason }
                if isStopping { break }
                if isWorthWhile {
                    logger.info("feed.begins-again", metadata: ["reason": "\(reason)", "rows": "\(course.limit)"])
                    continue
                }
                tell(reason)
                logger.debug("feed.waits", metadata: ["reason": "\(reason)", "retry_ms": "\(wait)"])
                await alarm.sleep(milliseconds: wait)
                wait = min(wait * 2, Self.retryMilliseconds.upperBound)
            }
        }
        course.dropNext()
        try? await tellRest(&course)
        over()
    }
}
