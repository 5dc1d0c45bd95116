public import TwinCore

/// For how long PostgreSQL keeps what, in days; `nil` keeps it for ever.
public struct HistoryRetention: Sendable, Equatable {
    /// Samples.
    public var readingsDays: Int?
    /// Minutes, hours, days, weeks and months.
    public var rollupsDays: Int?
    /// Past twins, and facts that are no safety records.
    public var eventsDays: Int?
    /// Safety records, and commands that have ended; telemetry never evicts them.
    public var safetyDays: Int?

    /// The shortest that is taken, in days: late samples and the month that is under way need their sources.
    public static let minimumDays = 2
    /// The shortest for rollups, in days: a month is made when it is over.
    public static let minimumRollupsDays = 40

    /// How long messages of the inbox stay that were taken, in days: long enough to find out why one was refused.
    public static let takenMessagesDays = 7

    /// Keeps everything unless told otherwise.
    public init(readingsDays: Int? = nil, rollupsDays: Int? = nil, eventsDays: Int? = nil, safetyDays: Int? = nil) {
        self.readingsDays = readingsDays.map { max($0, Self.minimumDays) }
        self.rollupsDays = rollupsDays.map { max($0, Self.minimumRollupsDays) }
        self.eventsDays = eventsDays.map { max($0, Self.minimumDays) }
        self.safetyDays = safetyDays.map { max($0, Self.minimumDays) }
    }

    /// The start of the UTC day that lies so many days back.
    static func cutoff(_ days: Int?, at now: UnixTime) -> UnixTime? {
        days.map { days in
            let today = SiteCalendar.utc.bucket(.day, containing: now).lowerBound
            return today.advanced(byMilliseconds: -Int64(days) * 86_400_000)
        }
    }
}

/// Removes what was kept long enough, without ever making the feed wait.
///
/// First a mark says from when on samples and rollups are kept, and it moves only when everything before it is rolled
/// up. Then partitions before it are dropped whole: the lock that takes is waited for a moment only, and tried again
/// with the next round. Rows of the other tables go in batches; facts and past twins only as far as no instant that is
/// kept is rebuilt from them.
public struct RetentionUpkeep: Sendable {
    /// How long a partition's lock is waited for, in milliseconds; whoever comes meanwhile waits as long.
    static let lockTimeoutMilliseconds = 100
    /// How many rows one batch looks at.
    static let rowsPerBatch: Int64 = 5_000
    /// How many batches of one table one round takes.
    static let batchesPerRound = 200
    /// How long one statement may take, in milliseconds.
    static let deadlineMilliseconds: Int64 = 60_000

    /// What a round did.
    public struct Receipt: Sendable, Equatable {
        /// The partitions that are gone.
        public var dropped: [String] = []
        /// The partitions that somebody used just then.
        public var busy: [String] = []
        /// How many rows were deleted.
        public var rows = 0
        /// Why nothing was removed; `nil` where what is old was.
        public var doubt: String?
    }

    let link: PostgresLink
    private let retention: HistoryRetention

    /// Works through a link that no feed and no query waits for.
    public init(_ link: PostgresLink, _ retention: HistoryRetention) {
        self.link = link
        self.retention = retention
    }

    /// Removes what is too old now, by the clocks and by how far the feed has come.
    public func round(at clock: UnixTime) async throws(PostgresFailure) -> Receipt {
        var receipt = Receipt()
        let now: UnixTime
        switch try await RetentionHorizon.look(at: clock, through: link) {
        case .unknown(let reason):
            receipt.doubt = reason
            return receipt
        case .now(let time): now = time
        }
        if let cutoff = HistoryRetention.cutoff(retention.readingsDays, at: now) {
            try await raise(.readingsFrom, to: cutoff, unless: "level = \(RollupLevel.minute.rawValue)")
            // The mark may have been moved under another rule, or by a wrong clock.
            let before = min(cutoff, try await HistoryMarks.kept(link).readingsFrom)
            try await dropPartitions(of: "sensor_readings", before: before, &receipt)
            try await delete("sensor_readings_default", "event_time", before: before, &receipt)
            try await delete("original_readings", "event_time", before: before, &receipt)
        }
        if let cutoff = HistoryRetention.cutoff(retention.rollupsDays, at: now) {
            try await raise(.rollupsFrom, to: cutoff, unless: "true")
            let before = min(cutoff, try await HistoryMarks.kept(link).rollupsFrom)
            try await dropPartitions(of: "rollup_minutes", before: before, &receipt)
            try await dropPartitions(of: "rollup_hours", before: before, &receipt)
            for table in [
                "rollup_minutes_default", "rollup_hours_default", RollupLevel.day.table, RollupLevel.week.table,
                RollupLevel.month.table,
            ] {
                try await delete(table, "start_time", before: before, &receipt)
            }
        }
        if let cutoff = HistoryRetention.cutoff(retention.eventsDays, at: now) {
            try await link.transaction([HistoryMarks.set(.eventsFrom, "\(cutoff.milliseconds)")])
            try await removeFacts("events", before: cutoff, &receipt)
        }
        if let cutoff = HistoryRetention.cutoff(HistoryRetention.takenMessagesDays, at: now) {
            try await deleteOldest("inbox_messages", "taken_at", by: "message_id", before: cutoff, &receipt)
        }
        if let cutoff = HistoryRetention.cutoff(retention.safetyDays, at: now) {
            try await link.transaction([HistoryMarks.set(.safetyFrom, "\(cutoff.milliseconds)")])
            try await removeFacts("safety_records", before: cutoff, &receipt)
            try await delete("commands", "issued_at", before: cutoff, where: Self.hasEnded, &receipt)
        }
        return receipt
    }

    /// Whether a command's record is final.
    private static let hasEnded =
        "state IN (\(CommandState.allCases.filter(\.isFinal).map { "'\($0.rawValue)'" }.joined(separator: ", ")))"

    /// Moves a mark, unless something before it is not rolled up yet.
    private func raise(
        _ name: HistoryMarks.Name, to cutoff: UnixTime, unless stale: String
    ) async throws(PostgresFailure) {
        let mark = PostgresStep.statement(
            """
            INSERT INTO marks (name, value) SELECT $1, $2::bigint::text
            WHERE NOT EXISTS (SELECT FROM feed_steps WHERE earliest < from_unix_ms($2))
                AND NOT EXISTS (SELECT FROM stale_rollups WHERE start_time < from_unix_ms($2) AND \(stale))
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            WHERE marks.value::bigint < excluded.value::bigint
            """, [.text(name.rawValue), .integer(cutoff.milliseconds)])
        // Whoever makes rollups holds the same lock: no mark moves between what it is made of and what is made.
        try await link.transaction(
            [.statement("SELECT 1 FROM rollup_calendar FOR UPDATE"), mark],
            deadlineMilliseconds: Self.deadlineMilliseconds)
    }

    private func dropPartitions(
        of parent: String, before time: UnixTime, _ receipt: inout Receipt
    ) async throws(PostgresFailure) {
        let rows = try await link.query(
            "SELECT partition FROM partitions WHERE parent = $1 AND end_time <= $2 ORDER BY start_time",
            [.text(parent), .time(time)])
        for row in 0..<rows.count {
            let partition = try rows.words(row, 0)
            do throws(PostgresFailure) {
                _ = try await link.transaction(
                    [
                        .statement("SET LOCAL lock_timeout = \(Self.lockTimeoutMilliseconds)"),
                        .statement("SELECT drop_partition($1)", [.text(partition)]),
                    ], deadlineMilliseconds: Self.deadlineMilliseconds)
                receipt.dropped.append(partition)
            } catch {
                guard error.sqlState == "55P03" else { throw error }
                receipt.busy.append(partition)
            }
        }
    }

    /// Deletes rows of a table without an order of its own.
    private func delete(
        _ table: String, _ column: String, before time: UnixTime, where condition: String = "true",
        _ receipt: inout Receipt
    ) async throws(PostgresFailure) {
        try await deleteBatches(
            """
            DELETE FROM \(table) WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM \(table) WHERE \(column) < $1 AND \(condition) LIMIT $2))
            """, before: time, &receipt)
    }

    /// Deletes rows of a table whose key is the order in which they came: only its beginning is looked at.
    private func deleteOldest(
        _ table: String, _ column: String, by key: String, before time: UnixTime, _ receipt: inout Receipt
    ) async throws(PostgresFailure) {
        try await deleteBatches(
            """
            DELETE FROM \(table) WHERE \(key) IN (
                SELECT \(key) FROM (
                    SELECT \(key), \(column) FROM \(table) ORDER BY \(key) LIMIT $2) AS oldest
                WHERE \(column) < $1)
            """, before: time, &receipt)
    }

    func deleteBatches(
        _ sql: String, before time: UnixTime, _ receipt: inout Receipt
    ) async throws(PostgresFailure) {
        for _ in 0..<Self.batchesPerRound {
            let rows = try await link.query(
                sql, [.time(time), .integer(Self.rowsPerBatch)], deadlineMilliseconds: Self.deadlineMilliseconds)
            guard rows.affected > 0 else { return }
            receipt.rows += rows.affected
        }
    }
}
