import Synchronization
public import TwinCore
public import TwinRuntime

/// Keeps PostgreSQL's rollups current and its retention kept, beside everything else.
///
/// Half of its time it rests: after a piece of work as long as that took, so that neither the server nor the feed is
/// crowded. What fails is done again with the next round.
public final class PostgresUpkeep: SupervisedPart {
    /// How long it waits when there is nothing to do, in milliseconds.
    public static let idleMilliseconds: Int64 = 10_000
    /// How often it looks what is too old and what will be needed, in milliseconds.
    public static let retentionMilliseconds: Int64 = 3_600_000
    /// How often it looks what fills the default partition, in milliseconds.
    static let spreadMilliseconds: Int64 = 60_000

    private struct State {
        /// Counts starts and stops, so that what was begun in an earlier life has no effect.
        var life = 0
        var isRunning = false
        var timer: (any LoopTimer)?
        var failure: String?
        var isBusy = false
        var busyPartitions: [String] = []
        /// Why the last round of retention removed nothing.
        var doubt: String?
        var nextRetention: Uptime?
        var nextSpread: Uptime?
        var whenIdle: [@Sendable () -> Void] = []
        var clock = ClockTrust()
    }

    private let link: PostgresLink
    private let rollups: RollupUpkeep
    private let partitions: PartitionUpkeep
    private let retention: RetentionUpkeep
    private let loop: any Loop
    private let tell: @Sendable (String?) -> Void
    private let state = Mutex(State())

    /// Makes a part that does nothing before ``start(_:)``.
    ///
    /// - Parameters:
    ///   - link: A link of its own, started by its owner.
    ///   - tell: Hears why a piece failed, and `nil` when one was done; on the loop.
    public init(
        _ link: PostgresLink, calendar: SiteCalendar, retention: HistoryRetention, on loop: any Loop,
        tell: @escaping @Sendable (_ trouble: String?) -> Void = { _ in }
    ) {
        self.link = link
        rollups = RollupUpkeep(link, calendar: calendar)
        partitions = PartitionUpkeep(link)
        self.retention = RetentionUpkeep(link, retention)
        self.loop = loop
        self.tell = tell
    }

    /// Begins the first round.
    public func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        let life = state.withLock {
            $0.life += 1
            $0.isRunning = true
            return $0.life
        }
        begin(life)
        tell(.running)
    }

    /// Ends after the piece that is under way.
    public func stop(_ completion: @escaping @Sendable () -> Void) {
        let isBusy = state.withLock { state in
            state.life += 1
            state.isRunning = false
            state.timer?.cancel()
            state.timer = nil
            if state.isBusy { state.whenIdle.append(completion) }
            return state.isBusy
        }
        if !isBusy { loop.post(completion) }
    }

    /// How the last piece fared.
    public func vitals() -> PartVitals {
        let (failure, busy, doubt, wait) = state.withLock {
            ($0.failure, $0.busyPartitions, $0.clock.doubt, $0.doubt)
        }
        if let failure {
            let effect = "rollups in PostgreSQL wait, so questions about long spans are answered slowly: \(failure)"
            return PartVitals(health: "tries again", .degraded(effect))
        }
        if let doubt { return PartVitals(health: "rollups are kept; \(doubt)", .degraded(doubt)) }
        let health = busy.isEmpty ? "rollups are kept" : "rollups are kept; in use, so not removed yet: \(busy)"
        return PartVitals(health: wait.map { "\(health); \($0)" } ?? health, .ok)
    }

    private func begin(_ life: Int) {
        let isWanted = state.withLock { state in
            guard state.life == life, !state.isBusy else { return false }
            state.isBusy = true
            return true
        }
        guard isWanted else { return }
        let start = loop.moment
        let isTrusted = state.withLock { $0.clock.trusts(start) }
        Task { [self] in
            let outcome = await piece(at: start, removesOld: isTrusted)
            loop.post { [self] in ended(outcome, since: start) }
        }
    }

    /// Does a piece of rollups and, when its time has come, makes partitions beforehand and removes what is too old.
    ///
    /// Rollups that fail hold nothing else up, as long as PostgreSQL answers.
    private func piece(at moment: Moment, removesOld: Bool) async -> Result<RollupUpkeep.Outcome, PostgresFailure> {
        let outcome: Result<RollupUpkeep.Outcome, PostgresFailure>
        do throws(PostgresFailure) {
            outcome = .success(try await rollups.proceed(at: moment.time))
        } catch {
            switch error.kind {
            case .refused, .misused, .overdue(mayHaveHappened: true): outcome = .failure(error)
            default: return .failure(error)
            }
        }
        do throws(PostgresFailure) {
            try await keepTables(at: moment, removesOld: removesOld)
        } catch {
            guard case .failure = outcome else { return .failure(error) }
        }
        return outcome
    }

    private func keepTables(at moment: Moment, removesOld: Bool) async throws(PostgresFailure) {
        let (isDue, isSpreadDue) = state.withLock { state in
            (
                state.nextRetention.map { $0 <= moment.uptime } ?? true,
                state.nextSpread.map { $0 <= moment.uptime } ?? true
            )
        }
        if isDue { try await partitions.makeAhead(at: moment.time) }
        if isDue || isSpreadDue {
            try await partitions.spread(isDue: isDue)
            state.withLock { $0.nextSpread = moment.uptime.advanced(byMilliseconds: Self.spreadMilliseconds) }
        }
        guard isDue else { return }
        let receipt = removesOld ? try await retention.round(at: moment.time) : nil
        state.withLock { state in
            state.busyPartitions = receipt?.busy ?? []
            state.doubt = receipt?.doubt
            state.nextRetention = moment.uptime.advanced(byMilliseconds: Self.retentionMilliseconds)
        }
    }

    /// Waits for the next piece; also when it was stopped and started while this one was under way.
    private func ended(_ outcome: Result<RollupUpkeep.Outcome, PostgresFailure>, since start: Moment) {
        let rest =
            switch outcome {
            case .success(.did): min(loop.moment.uptime.milliseconds(since: start.uptime), Self.idleMilliseconds)
            case .success(.idle), .failure: Self.idleMilliseconds
            }
        let (next, whenIdle) = state.withLock { state in
            state.isBusy = false
            switch outcome {
            case .success: state.failure = nil
            case .failure(let failure): state.failure = "\(failure)"
            }
            defer { state.whenIdle = [] }
            return (state.isRunning ? state.life : nil, state.whenIdle)
        }
        for completion in whenIdle { completion() }
        guard let next else { return }
        tell(state.withLock { $0.failure })
        let timer = loop.schedule(afterMilliseconds: rest) { [self] in begin(next) }
        state.withLock { $0.timer = timer }
    }
}
