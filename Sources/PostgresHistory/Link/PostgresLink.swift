import DequeModule
public import EventLoop
public import Logging
import TwinCore
public import TwinRuntime

/// A connection to PostgreSQL that is made again whenever it is lost, until ``stop(_:)``.
///
/// Everything happens on the loop, and nothing there waits for the server. Pieces of work go one after the other; each
/// is answered exactly once: with its rows, with the server's refusal, or with a failure that says whether it may have
/// taken effect. Work that comes while there is no connection waits for one, not longer than its deadline, and not at
/// all while the breaker is open.
///
/// ```swift
/// let rows = try await link.query("SELECT count(*) FROM sensor_readings WHERE sensor = $1", [.integer(7)])
/// ```
public actor PostgresLink: SupervisedPart {
    enum State {
        /// Not started. May become `connecting` or `stopped`.
        case idle
        /// A connection is brought up. May become `up`, `closing`, `waiting` or `stopped`.
        case connecting(PostgresAttempt)
        /// A connection is there; work goes through it once it is set up. May become `closing`.
        case up(PostgresConnection)
        /// The connection is over and its socket not closed yet. May become `waiting` or `stopped`.
        case closing
        /// The next attempt waits for its time. May become `connecting` or `stopped`.
        case waiting(any LoopTimer)
        /// Nothing happens any more.
        case stopped
    }

    /// What the link is made of.
    public nonisolated let options: PostgresLinkOptions
    nonisolated let loop: EventLoop
    let logger: Logger
    let draw: @Sendable (ClosedRange<Int64>) -> Int64
    let events: PostgresLinkEvents
    var policy: ReconnectPolicy
    var state = State.idle
    var queue: Deque<PostgresWork> = []
    /// Why there is no connection; `nil` while there is one.
    var trouble: String? = "not started"
    var server = ""
    var lastNumber: UInt64 = 0
    /// The server's processes that were left with work of ours, to be ended by the next connection.
    var abandoned: [PostgresConnection.Backend] = []
    var stopCompletions: [@Sendable () -> Void] = []
    /// Whom a new connection wakes.
    var whenConnected: [@Sendable () -> Void] = []
    private var isProceedingPosted = false

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// Makes a link that does nothing yet.
    ///
    /// - Parameter draw: Draws one number of a range for the jitter of the back-off.
    public init(
        loop: EventLoop, options: PostgresLinkOptions, events: PostgresLinkEvents = PostgresLinkEvents(),
        logger: Logger = Logger(label: "doppel.postgres"),
        draw: @escaping @Sendable (ClosedRange<Int64>) -> Int64 = { Int64.random(in: $0) }
    ) {
        self.loop = loop
        self.options = options
        self.events = events
        self.logger = logger
        self.draw = draw
        policy = ReconnectPolicy(limits: options.reconnecting)
    }

    /// Has something happen with every connection that comes up, beside the owner's events.
    func onConnection(_ action: @escaping @Sendable () -> Void) { whenConnected.append(action) }

    /// Runs one statement by itself; it takes effect at once.
    ///
    /// All rows of the result are kept in memory, so a statement that may have many has a `LIMIT`.
    ///
    /// - Parameter deadlineMilliseconds: How long it may take, waiting included; `nil` for the link's own number.
    public func query(
        _ sql: String, _ parameters: [PostgresValue] = [], deadlineMilliseconds: Int64? = nil
    ) async throws(PostgresFailure) -> PostgresRows {
        if let flaw = PostgresStep.statement(sql, parameters).flaw { throw PostgresFailure(.misused, flaw) }
        let statement = PostgresWork.Statement(sql: sql, values: parameters)
        let rows = try await answer(
            to: [.statements([statement])], isTransaction: false, deadlineMilliseconds: deadlineMilliseconds)
        guard let first = rows.first else { throw PostgresFailure(.misused, "the statement has no result") }
        return first
    }

    /// Runs steps in order, all in one transaction: whole or not at all.
    ///
    /// Neighbouring statements travel together. The first step that fails rolls everything back. A connection that is
    /// lost after COMMIT has left, and before it was answered, leaves it open whether the steps took effect; the
    /// failure says so. BEGIN and COMMIT are the link's: steps hold neither.
    ///
    /// - Parameter deadlineMilliseconds: How long it may take, waiting included; `nil` for the link's own number.
    /// - Returns: The results of the statements and copies, in order; scripts have none.
    @discardableResult
    public func transaction(
        _ steps: [PostgresStep], deadlineMilliseconds: Int64? = nil
    ) async throws(PostgresFailure) -> [PostgresRows] {
        if let flaw = steps.lazy.compactMap(\.flaw).first { throw PostgresFailure(.misused, flaw) }
        return try await answer(
            to: PostgresWork.transaction(steps), isTransaction: true, deadlineMilliseconds: deadlineMilliseconds)
    }

    /// Connects, and keeps reconnecting; runs from the first moment on, with or without a server.
    public nonisolated func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        assumeIsolated { link in
            guard case .idle = link.state else { preconditionFailure("the link was started while \(link.state)") }
            link.trouble = "not connected yet"
            link.connect()
        }
        loop.post { tell(.running) }
    }

    /// Ends the connection and calls back when it is closed; work that waits or is under way is answered now.
    ///
    /// An attempt that is under way on a worker thread is not waited for.
    public nonisolated func stop(_ completion: @escaping @Sendable () -> Void) {
        assumeIsolated { $0.end(completion) }
    }

    /// How the link fares: the server's version, or why there is none.
    public nonisolated func vitals() -> PartVitals {
        assumeIsolated { link in
            let oldest = link.queue.first.map { link.loop.moment.uptime.milliseconds(since: $0.since) } ?? 0
            let condition = link.trouble.map { PartCondition.failing($0) } ?? .ok
            return PartVitals(
                health: link.trouble ?? "connected to PostgreSQL \(link.server)", condition,
                backlog: link.queue.count, oldestBacklogMilliseconds: oldest, breaker: link.policy.breaker)
        }
    }

    private func answer(
        to sections: [PostgresWork.Section], isTransaction: Bool, deadlineMilliseconds: Int64?
    ) async throws(PostgresFailure) -> [PostgresRows] {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<[PostgresRows], PostgresFailure>, Never>) in
            if let refusal = refusal { return continuation.resume(returning: .failure(refusal)) }
            queue.append(
                work(sections, isTransaction: isTransaction, deadlineMilliseconds: deadlineMilliseconds) {
                    continuation.resume(returning: $0)
                })
            proceedSoon()
        }
        return try result.get()
    }

    /// A piece of work whose deadline is watched from now on.
    func work(
        _ sections: [PostgresWork.Section], isTransaction: Bool = false, deadlineMilliseconds: Int64? = nil,
        _ reply: @escaping (Result<[PostgresRows], PostgresFailure>) -> Void
    ) -> PostgresWork {
        let milliseconds = deadlineMilliseconds ?? options.deadlineMilliseconds
        let work = PostgresWork(sections, isTransaction: isTransaction, since: loop.moment.uptime, reply)
        work.timer = loop.schedule(afterMilliseconds: milliseconds) { [weak self, weak work] in
            guard let self, let work else { return }
            assumeIsolated { $0.overdue(work, afterMilliseconds: milliseconds) }
        }
        return work
    }

    /// Why no work is taken; `nil` when it is.
    private var refusal: PostgresFailure? {
        switch state {
        case .idle, .stopped: return PostgresFailure(.stopped, "the link to PostgreSQL does not run")
        case .connecting, .up, .closing, .waiting: break
        }
        if let trouble, policy.breaker == .open { return PostgresFailure(.unavailable, trouble) }
        guard queue.count >= options.maximumWaiting else { return nil }
        return PostgresFailure(.crowded, "\(queue.count) pieces of work wait for PostgreSQL already")
    }

    /// Looks after the connection outside of any call of the owner's.
    func proceedSoon() {
        guard !isProceedingPosted else { return }
        isProceedingPosted = true
        loop.post { [self] in
            assumeIsolated { link in
                link.isProceedingPosted = false
                if case .up(let connection) = link.state { link.proceed(connection) }
            }
        }
    }
}
