import Synchronization
public import TwinCore

/// Makes rollups of what the feed brought, a bounded piece at a time.
///
/// Whatever a piece touches it computes anew from what it is made of, in one transaction; a piece that a crash cut off
/// is done again. Minutes are made at once; hours, days, weeks and months when their time is over and nothing finer
/// within them waits. Until then questions are answered from finer buckets and from samples.
public final class RollupUpkeep: Sendable {
    /// How many places in the journals' order one piece goes over, at least one step of the feed.
    static let positionsPerPiece: Int64 = 65_536
    /// How many steps of the feed one piece looks at.
    static let stepsPerPiece: Int64 = 64
    /// How many stale buckets one piece makes.
    static let bucketsPerPiece: Int64 = 4_096
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

    private let link: PostgresLink
    private let calendar: SiteCalendar
    private let state = Mutex(State())

    private struct State {
        var isAdopted = false
        /// The event times whose days, weeks and months are known to be in the table of spans.
        var covered: Range<UnixTime>?
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
    public func proceed(at now: UnixTime) async throws(PostgresFailure) -> Outcome {
        if !state.withLock({ $0.isAdopted }) {
            try await adopt()
            state.withLock { $0.isAdopted = true }
        }
        if let count = try await rollSteps() { return .did(count, .minute) }
        try await thaw()
        for level in RollupLevel.allCases {
            if let count = try await remake(level, at: now) { return .did(count, level) }
        }
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
        guard let earliest = steps.map(\.earliest).min(), let latest = steps.map(\.latest).max() else { return nil }
        try await cover(earliest, latest)
        let frozen = try await frozenBefore(.minute)
        try await transact(
            steps.map { step in
                .statement(
                    RollupStatements.minutesOfStep,
                    [
                        .integer(step.after), .integer(step.through), .time(step.earliest), .time(step.latest),
                        .time(frozen), .time(step.earliest.advanced(byMilliseconds: -60_000)),
                        .time(step.latest.advanced(byMilliseconds: 60_000)),
                    ])
            } + [
                .statement("DELETE FROM feed_steps WHERE step_id = ANY($1)", [.integers(steps.map(\.number))])
            ])
        return steps.count
    }

    // MARK: Stale buckets

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
        let make: PostgresStep =
            level == .minute
            ? .statement(RollupStatements.staleMinutes, buckets + span)
            : .statement(RollupStatements.make(level), buckets + [.integers(ends)] + span)
        try await transact([
            .statement(RollupStatements.unmark(level), buckets),
            .statement(RollupStatements.remove(level), buckets + span), make,
        ])
        return rows.count
    }

    /// Takes the marks from buckets that stay as they are, because what they were made of was removed.
    private func thaw() async throws(PostgresFailure) {
        let minute = try await frozenBefore(.minute)
        let others = try await frozenBefore(.hour)
        _ = try await link.query(
            "DELETE FROM stale_rollups WHERE start_time < CASE level WHEN 0 THEN $1::timestamptz ELSE $2 END",
            [.time(minute), .time(others)], deadlineMilliseconds: Self.deadlineMilliseconds)
    }

    private func frozenBefore(_ level: RollupLevel) async throws(PostgresFailure) -> UnixTime {
        let kept = try await HistoryMarks.kept(link)
        return level == .minute ? max(kept.readingsFrom, kept.rollupsFrom) : kept.rollupsFrom
    }

    // MARK: The calendar

    /// Makes days, weeks and months stale as a whole when they were made with another calendar.
    private func adopt() async throws(PostgresFailure) {
        let stored = try await HistoryMarks.text(.calendarZone, link)
        guard stored != calendar.zone else { return }
        var steps = [RollupLevel.day, .week, .month].map { PostgresStep.statement("DELETE FROM \($0.table)") }
        steps += [
            .statement("DELETE FROM stale_rollups WHERE level > \(RollupLevel.hour.rawValue)"),
            .statement("DELETE FROM calendar_spans"),
        ]
        let hours = try await link.query(
            """
            SELECT min(start_time), max(start_time) FROM (
                SELECT start_time FROM rollup_hours UNION ALL
                SELECT start_time FROM stale_rollups WHERE level = \(RollupLevel.hour.rawValue)) AS hour
            """, deadlineMilliseconds: Self.deadlineMilliseconds)
        if let first = try hours.time(0, 0), let last = try hours.time(0, 1) {
            steps.append(spans(first, last.advanced(byMilliseconds: RollupLevel.hourMilliseconds)))
            steps.append(
                .statement(
                    """
                    INSERT INTO stale_rollups (sensor_id, level, start_time)
                    SELECT DISTINCT sensor_id, above.level, above.start_time FROM (
                        SELECT sensor_id, start_time FROM rollup_hours UNION
                        SELECT sensor_id, start_time FROM stale_rollups WHERE level = \(RollupLevel.hour.rawValue)
                    ) AS hour, (VALUES (interval '0'), (interval '59 minutes')) AS edge (distance),
                        stale_above(hour.start_time + distance) AS above
                    WHERE above.level > \(RollupLevel.hour.rawValue) ON CONFLICT DO NOTHING
                    """))
        }
        steps.append(HistoryMarks.set(.calendarZone, calendar.zone))
        try await transact(steps)
        state.withLock { $0.covered = nil }
    }

    /// Writes down the days, weeks and months that hold some event times.
    private func cover(_ earliest: UnixTime, _ latest: UnixTime) async throws(PostgresFailure) {
        let covered = state.withLock { $0.covered }
        if let covered, covered.contains(earliest), covered.contains(latest) { return }
        let from = min(earliest, covered?.lowerBound ?? earliest)
        let to = max(latest, covered?.upperBound ?? latest)
        try await transact([spans(from, to)])
        let whole =
            calendar.bucket(.day, containing: from).lowerBound..<calendar.bucket(.day, containing: to).upperBound
        state.withLock { $0.covered = whole }
    }

    private func spans(_ earliest: UnixTime, _ latest: UnixTime) -> PostgresStep {
        var (levels, starts, ends): ([Int64], [Int64], [Int64]) = ([], [], [])
        for level in [RollupLevel.day, .week, .month] {
            var span = calendar.bucket(level.resolution, containing: earliest)
            while span.lowerBound <= latest {
                levels.append(Int64(level.rawValue))
                starts.append(span.lowerBound.milliseconds)
                ends.append(span.upperBound.milliseconds)
                span = calendar.bucket(level.resolution, containing: span.upperBound)
            }
        }
        return .statement(
            """
            INSERT INTO calendar_spans (level, start_time, end_time)
            SELECT level, from_unix_ms(starts), from_unix_ms(ends)
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS span (level, starts, ends)
            ON CONFLICT DO NOTHING
            """, [.integers(levels), .integers(starts), .integers(ends)])
    }

    /// One transaction; of several programs that do this at once, one after the other.
    private func transact(_ steps: [PostgresStep]) async throws(PostgresFailure) {
        let lock = PostgresStep.statement("SELECT pg_advisory_xact_lock(hashtext('doppel'), hashtext('rollups'))")
        _ = try await link.transaction([lock] + steps, deadlineMilliseconds: Self.deadlineMilliseconds)
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
    let through: Int64
    let earliest: UnixTime
    let latest: UnixTime

    var count: Int64 { through - after }

    init(_ rows: PostgresRows, _ row: Int) throws(PostgresFailure) {
        number = try rows.wholeNumber(row, 0)
        after = try rows.wholeNumber(row, 1)
        through = try rows.wholeNumber(row, 2)
        earliest = try rows.moment(row, 3)
        latest = try rows.moment(row, 4)
    }
}
