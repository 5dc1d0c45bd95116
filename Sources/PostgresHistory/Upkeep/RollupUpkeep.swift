import Synchronization
public import TwinCore

/// Makes rollups of what the feed brought, a bounded piece at a time.
///
/// Whatever a piece touches it computes anew from what it is made of, in one transaction; a piece that a crash cut off
/// is done again. Minutes are made at once; hours, days, weeks and months when their time is over and nothing finer
/// within them waits. Until then questions are answered from finer buckets and from samples.
///
/// Minutes and what is coarser take turns, and so do the levels among themselves: however fast readings come, days are
/// made. What came meanwhile waits for the next round, which rolls it up at once instead of step by step.
public final class RollupUpkeep: Sendable {
    /// How many places in the journals' order one piece goes over, at least one step of the feed.
    static let positionsPerPiece: Int64 = 65_536
    /// How many steps of the feed one piece looks at.
    static let stepsPerPiece: Int64 = 64
    /// How many stale buckets one piece makes: a day takes up to 10 ms where many partitions are looked into.
    static let bucketsPerPiece: Int64 = 1_024
    /// How long after its end a bucket coarser than a minute is made, in milliseconds: most of what is late is there.
    static let graceMilliseconds: Int64 = 600_000
    /// How long one piece may take, in milliseconds.
    static let deadlineMilliseconds: Int64 = 120_000

    /// What one piece did.
    public enum Outcome: Sendable, Equatable {
        /// Steps of the feed, or buckets of a level; there may be more.
        case did(Int, RollupLevel)
        /// There is nothing to do now.
        case idle
    }

    let link: PostgresLink
    let calendar: SiteCalendar
    let state = Mutex(State())

    struct State {
        /// Which time zone after another the database has, as far as this one knows.
        var turn: Int64 = 0
        /// The event times whose days, weeks and months are known to be in the table of spans.
        var covered: Range<UnixTime>?
        /// Whether minutes come before what is coarser.
        var isMinutesTurn = true
        /// Whether the last look at the feed's steps took all of them.
        var tookAllSteps = false
        /// Which of the coarser works comes first.
        var nextWork = 0
    }

    /// Works through a link of its own: while a piece is done, nothing else goes through it.
    ///
    /// - Parameter calendar: Where days, weeks and months begin.
    public init(_ link: PostgresLink, calendar: SiteCalendar) {
        self.link = link
        self.calendar = calendar
    }

    /// Does the next piece.
    ///
    /// - Parameter now: The time, which says what is over.
    /// - Throws: Also when another Doppel keeps the rollups by the calendar of another time zone; then nothing was done.
    public func proceed(at now: UnixTime) async throws(PostgresFailure) -> Outcome {
        let adoptedThrough = try await holdCalendar()
        if state.withLock({ $0.isMinutesTurn }), let count = try await rollSteps() { return .did(count, .minute) }
        state.withLock { $0.isMinutesTurn = true }
        if let outcome = try await makeCoarser(at: now, adoptedThrough) { return outcome }
        // Steps that came since they were all rolled up are better rolled up together, a round later.
        if !state.withLock({ $0.tookAllSteps }), let count = try await rollSteps() { return .did(count, .minute) }
        _ = try await transact([.statement(RollupStatements.forgetStrays)])
        return .idle
    }

    // MARK: Minutes

    private func rollSteps() async throws(PostgresFailure) -> Int? {
        let rows = try await link.query(RollupStatements.pendingSteps, [.integer(Self.stepsPerPiece)])
        var steps: [FeedStep] = []
        var positions: Int64 = 0
        for row in 0..<rows.count {
            let step = try FeedStep(rows, row)
            guard steps.isEmpty || positions + step.count <= Self.positionsPerPiece else { break }
            steps.append(step)
            positions += step.count
        }
        let isAll = steps.count == rows.count && rows.count < Self.stepsPerPiece
        state.withLock { $0.tookAllSteps = isAll }
        guard let earliest = steps.map(\.earliest).min(), let latest = steps.map(\.latest).max() else { return nil }
        try await cover(earliest, latest)
        let runs = FeedStep.runs(of: steps)
        try await transact([
            .statement(
                RollupStatements.minutesOfSteps,
                [
                    .integers(runs.map(\.after)), .integers(runs.map(\.through)),
                    .integers(runs.map(\.earliest.milliseconds)), .integers(runs.map(\.latest.milliseconds)),
                    .time(earliest), .time(latest), .time(earliest.advanced(byMilliseconds: -60_000)),
                    .time(latest.advanced(byMilliseconds: 60_000)),
                ]),
            .statement("DELETE FROM feed_steps WHERE step_id = ANY($1)", [.integers(steps.map(\.number))]),
        ])
        state.withLock { $0.isMinutesTurn = false }
        return steps.count
    }

    // MARK: Stale buckets

    /// Does a piece of one of the coarser works, which take turns: each level's, and the change of the calendar.
    private func makeCoarser(
        at now: UnixTime, _ adoptedThrough: Int64?
    ) async throws(PostgresFailure) -> Outcome? {
        _ = try await link.query(RollupStatements.thaw, deadlineMilliseconds: Self.deadlineMilliseconds)
        let levels = RollupLevel.allCases
        let first = state.withLock { $0.nextWork }
        for work in first...(first + levels.count) {
            let place = work % (levels.count + 1)
            let isLevel = place < levels.count
            let level = isLevel ? levels[place] : .day
            let count = isLevel ? try await remake(level, at: now) : try await adopt(after: adoptedThrough)
            guard let count else { continue }
            state.withLock { $0.nextWork = (place + 1) % (levels.count + 1) }
            return .did(count, level)
        }
        return nil
    }

    private func remake(_ level: RollupLevel, at now: UnixTime) async throws(PostgresFailure) -> Int? {
        let over = now.advanced(byMilliseconds: -Self.graceMilliseconds)
        let rows = try await link.query(
            RollupStatements.due(level), [.time(over), .integer(Self.bucketsPerPiece)],
            deadlineMilliseconds: Self.deadlineMilliseconds)
        guard rows.count > 0 else { return nil }
        var (sensors, starts, ends): ([Int64], [Int64], [Int64]) = ([], [], [])
        for row in 0..<rows.count {
            sensors.append(try rows.wholeNumber(row, 0))
            starts.append(try rows.moment(row, 1).milliseconds)
            ends.append(try rows.moment(row, 2).milliseconds)
        }
        let span = [
            PostgresValue.time(UnixTime(milliseconds: starts.min() ?? 0)),
            .time(UnixTime(milliseconds: ends.max() ?? 0)),
        ]
        let buckets: [PostgresValue] = [.integers(sensors), .integers(starts)]
        let make: [PostgresStep] =
            level == .minute
            ? [
                .statement(RollupStatements.staleMinutes, buckets + span),
                .statement(RollupStatements.markAbove, buckets),
            ] : [.statement(RollupStatements.make(level), buckets + [.integers(ends)] + span)]
        try await transact(
            [
                .statement(RollupStatements.unmark(level), buckets),
                .statement(RollupStatements.remove(level), buckets + span),
            ] + make)
        return rows.count
    }

    /// One transaction; of several programs that do this at once, one after the other, and all by one calendar.
    func transact(_ steps: [PostgresStep]) async throws(PostgresFailure) {
        _ = try await link.transaction([insistOnCalendar] + steps, deadlineMilliseconds: Self.deadlineMilliseconds)
    }
}

extension RollupLevel {
    /// How long an hour is.
    static let hourMilliseconds: Int64 = 3_600_000
}

/// Readings that came together and are in no rollup yet.
private struct FeedStep {
    let number: Int64
    let after: Int64
    private(set) var through: Int64
    private(set) var earliest: UnixTime
    private(set) var latest: UnixTime

    var count: Int64 { through - after }

    init(_ rows: PostgresRows, _ row: Int) throws(PostgresFailure) {
        number = try rows.wholeNumber(row, 0)
        after = try rows.wholeNumber(row, 1)
        through = try rows.wholeNumber(row, 2)
        earliest = try rows.moment(row, 3)
        latest = try rows.moment(row, 4)
    }

    /// Steps in the order of their places, those that follow each other without a gap made one.
    static func runs(of steps: [Self]) -> [Self] {
        var runs: [Self] = []
        for step in steps.sorted(by: { $0.after < $1.after }) {
            guard var last = runs.popLast() else {
                runs.append(step)
                continue
            }
            guard last.through == step.after else {
                runs += [last, step]
                continue
            }
            last.through = step.through
            last.earliest = min(last.earliest, step.earliest)
            last.latest = max(last.latest, step.latest)
            runs.append(last)
        }
        return runs
    }
}
