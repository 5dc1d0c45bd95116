import TwinCore

/// Which time it is for retention: what is old is counted from it.
///
/// It is the earliest of three: Doppel's clock, PostgreSQL's clock, and the time of the last row that a feed at work has
/// brought. A feed that has fallen behind is not overtaken, so that what it still brings is rolled up before it is old.
enum RetentionHorizon {
    /// Count from here.
    case now(UnixTime)
    /// Nothing can be called old, and why.
    case unknown(String)

    /// Keys of the table `marks`, beside ``HistoryMarks/Name``.
    private enum Mark: String {
        /// When retention last looked, in milliseconds.
        case swept = "swept_ms"
        /// Since when the clock is not believed, in milliseconds.
        case doubted = "clock_doubted_ms"
    }

    /// Looks at the clocks and at the feeds, and remembers the look.
    ///
    /// Marks that lie ahead of clocks that are believed come back to them: a wrong clock has set them.
    static func look(at clock: UnixTime, through link: PostgresLink) async throws(PostgresFailure) -> Self {
        let rows = try await link.query(
            """
            SELECT now(), (SELECT count(*) FROM journals), count(*) FILTER (WHERE is_fed),
                min(fed.value::bigint) FILTER (WHERE is_fed),
                (SELECT value::bigint FROM marks WHERE name = $1), (SELECT value::bigint FROM marks WHERE name = $2)
            FROM (SELECT journal_id, last_fed_at > now() - interval '1 day' AS is_fed FROM journals) AS journal
            LEFT JOIN marks AS fed ON fed.name = '\(FeedStatements.fedTimeMark)' || journal_id
            """, [.text(Mark.swept.rawValue), .text(Mark.doubted.rawValue)])
        let now = min(clock, try rows.moment(0, 0))
        var trust = RemovalClock(
            last: try rows.integer(0, 4).map(UnixTime.init(milliseconds:)),
            doubtedSince: try rows.integer(0, 5).map(UnixTime.init(milliseconds:)))
        let doubt = trust.doubt(at: now)
        try await remember(trust, at: now, through: link)
        if let doubt { return .unknown(doubt) }
        let (journals, fed) = (try rows.wholeNumber(0, 1), try rows.wholeNumber(0, 2))
        guard journals == 0 || fed > 0 else {
            return .unknown("no journal was fed for a day; nothing is removed until one is")
        }
        return .now(min(now, try rows.integer(0, 3).map(UnixTime.init(milliseconds:)) ?? now))
    }

    private static func remember(
        _ trust: RemovalClock, at now: UnixTime, through link: PostgresLink
    ) async throws(PostgresFailure) {
        let noted: PostgresStep = .statement(
            """
            INSERT INTO marks (name, value) VALUES ($1, $2::bigint::text)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """, [.text(Mark.swept.rawValue), .integer(now.milliseconds)])
        guard let since = trust.doubtedSince else {
            try await link.transaction([
                noted, .statement("DELETE FROM marks WHERE name = $1", [.text(Mark.doubted.rawValue)]),
                .statement(
                    """
                    UPDATE marks SET value = $1::bigint::text
                    WHERE CASE WHEN name IN ('readings_from_ms', 'rollups_from_ms', 'past_from_ms')
                        THEN value::bigint > $1::bigint END
                    """, [.integer(now.milliseconds)]),
            ])
            return
        }
        try await link.transaction([
            noted,
            .statement(
                """
                INSERT INTO marks (name, value) VALUES ($1, $2::bigint::text)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """, [.text(Mark.doubted.rawValue), .integer(since.milliseconds)]),
        ])
    }
}
