import Synchronization
import TwinCore

/// One database has one calendar: that of the Doppel which keeps its rollups.
extension RollupUpkeep {
    /// For how long after it last looked a Doppel of another time zone is waited for, in milliseconds.
    static let leaseMilliseconds: Int64 = 600_000
    /// How many sensors one piece of a change of the calendar looks at.
    static let sensorsPerPiece: Int64 = 32
    /// How many days of sensors one piece goes over, at least one sensor.
    static let daysPerPiece: Int64 = 16_384

    // MARK: Whose it is

    /// Sees to it that the database's days, weeks and months are those of this calendar, or become so.
    ///
    /// - Returns: Up to which sensor they are; `nil` for all.
    /// - Throws: When another Doppel keeps them by the calendar of another time zone.
    func holdCalendar() async throws(PostgresFailure) -> Int64? {
        let rows = try await link.query(
            """
            SELECT zone, turn, adopted_through, extract(epoch FROM clock_timestamp() - kept_at)::bigint
            FROM hold_calendar($1, $2)
            """, [.text(calendar.zone), .integer(Self.leaseMilliseconds)],
            deadlineMilliseconds: Self.deadlineMilliseconds)
        let zone = try rows.words(0, 0)
        guard zone == calendar.zone else { throw isOthers(zone, since: try rows.wholeNumber(0, 3)) }
        let turn = try rows.wholeNumber(0, 1)
        state.withLock { state in
            if state.turn != turn { state.covered = nil }
            state.turn = turn
        }
        return try rows.integer(0, 2)
    }

    /// The first step of each transaction: takes the lock, and fails with a division by zero where the calendar has
    /// become another one since it was looked at.
    var insistOnCalendar: PostgresStep {
        .statement(
            "SELECT 1 / count(*) FROM hold_calendar($1, $2) WHERE zone = $1",
            [.text(calendar.zone), .integer(Self.leaseMilliseconds)])
    }

    private func isOthers(_ zone: String, since seconds: Int64) -> PostgresFailure {
        PostgresFailure(
            .refused,
            """
            history.time_zone is \(calendar.zone) here, but the days, weeks and months of this database are those of \
            \(zone), and a Doppel saw to them \(seconds) s ago. Both get right answers, this one slower ones. If \
            another Doppel runs, give both the same time zone, or a database each. If the time zone was changed, wait: \
            the change begins \(Self.leaseMilliseconds / 60_000) minutes after the last run with the old one
            """)
    }

    // MARK: Another one than before

    /// Does a piece of a change of the calendar: removes a few sensors' days, weeks and months, and marks those that
    /// are to be made instead.
    ///
    /// Old marks are forgotten when there is nothing else to do.
    ///
    /// - Returns: How many sensors; `nil` when all are done.
    func adopt(after sensor: Int64?) async throws(PostgresFailure) -> Int? {
        guard let sensor else { return nil }
        let rows = try await link.query(
            RollupStatements.sensorsToAdopt, [.integer(sensor), .integer(Self.sensorsPerPiece)],
            deadlineMilliseconds: Self.deadlineMilliseconds)
        guard rows.count > 0 else {
            try await transact([.statement(RollupStatements.adoptedThrough, [.integer(sensor), .null])])
            return nil
        }
        var (sensors, firsts, ends): ([Int64], [Int64], [Int64]) = ([], [], [])
        var days: Int64 = 0
        for row in 0..<rows.count {
            let first = try rows.time(row, 1)?.milliseconds ?? 0
            let end = try rows.time(row, 2).map { $0.milliseconds + RollupLevel.hourMilliseconds } ?? 0
            days += (end - first) / 86_400_000 + 1
            guard sensors.isEmpty || days <= Self.daysPerPiece else { break }
            sensors.append(try rows.wholeNumber(row, 0))
            firsts.append(first)
            ends.append(end)
        }
        let extents = zip(firsts, ends).filter { $0 < $1 }
        if let first = extents.map(\.0).min(), let end = extents.map(\.1).max() {
            try await cover(UnixTime(milliseconds: first), UnixTime(milliseconds: end))
        }
        let removed = [RollupLevel.day, .week, .month].map {
            PostgresStep.statement("DELETE FROM \($0.table) WHERE sensor_id = ANY($1)", [.integers(sensors)])
        }
        try await transact(
            removed + [
                .statement(RollupStatements.markSpans, [.integers(sensors), .integers(firsts), .integers(ends)]),
                .statement(RollupStatements.adoptedThrough, [.integer(sensor), .integer(sensors.max())]),
            ])
        return sensors.count
    }

    // MARK: Its days, weeks and months

    /// Writes down the days, weeks and months that hold some event times.
    func cover(_ earliest: UnixTime, _ latest: UnixTime) async throws(PostgresFailure) {
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
}

extension RollupStatements {
    /// The next sensors behind `$1`, `$2` at most, and the first and last hour that each of them has or is to get.
    static let sensorsToAdopt = """
        SELECT sensor_id,
            least((SELECT min(start_time) FROM rollup_hours hour WHERE hour.sensor_id = sensors.sensor_id),
                (SELECT min(start_time) FROM stale_rollups hour WHERE hour.sensor_id = sensors.sensor_id AND level = 1)),
            greatest((SELECT max(start_time) FROM rollup_hours hour WHERE hour.sensor_id = sensors.sensor_id),
                (SELECT max(start_time) FROM stale_rollups hour WHERE hour.sensor_id = sensors.sensor_id AND level = 1))
        FROM sensors WHERE sensor_id > $1 ORDER BY sensor_id LIMIT $2
        """

    /// Marks the days, weeks and months that have a part of an hour with values: `$1` the sensors, `$2`, `$3` between
    /// which times, in milliseconds, each has hours.
    ///
    /// Span by span, each with one look into an index: a day is many hours.
    static let markSpans = """
        INSERT INTO stale_rollups (sensor_id, level, start_time)
        SELECT sensor.sensor_id, span.level, span.start_time
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS sensor (sensor_id, first_ms, end_ms)
        JOIN calendar_spans span
            ON span.start_time < from_unix_ms(sensor.end_ms) AND span.end_time > from_unix_ms(sensor.first_ms)
        WHERE EXISTS (SELECT FROM rollup_hours hour WHERE hour.sensor_id = sensor.sensor_id
                AND hour.start_time > span.start_time - interval '1 hour' AND hour.start_time < span.end_time)
            OR EXISTS (SELECT FROM stale_rollups hour WHERE hour.sensor_id = sensor.sensor_id AND hour.level = 1
                AND hour.start_time > span.start_time - interval '1 hour' AND hour.start_time < span.end_time)
        ON CONFLICT DO NOTHING
        """

    /// Notes that sensors are done: from which one, and up to which, or NULL for all.
    static let adoptedThrough = "UPDATE rollup_calendar SET adopted_through = $2 WHERE adopted_through = $1"
}
