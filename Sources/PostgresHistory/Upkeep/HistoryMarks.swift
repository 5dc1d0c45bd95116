import TwinCore

/// The table `marks`: what the jobs must remember.
enum HistoryMarks {
    /// Each row's key.
    enum Name: String {
        /// The event time before which readings were removed by retention, in milliseconds.
        case readingsFrom = "readings_from_ms"
        /// The event time before which rollups were removed by retention, in milliseconds.
        case rollupsFrom = "rollups_from_ms"
        /// Before when events, commands and past twins were removed by retention, in milliseconds.
        case eventsFrom = "events_from_ms"
        /// Before when safety records were removed by retention, in milliseconds.
        case safetyFrom = "safety_from_ms"
        /// The instant before which twins cannot be rebuilt, in milliseconds.
        case pastFrom = "past_from_ms"
    }

    /// A mark's text; `nil` when it was never set.
    static func text(_ name: Name, _ link: PostgresLink) async throws(PostgresFailure) -> String? {
        let rows = try await link.query("SELECT value FROM marks WHERE name = $1", [.text(name.rawValue)])
        return rows.count == 0 ? nil : try rows.text(0, 0)
    }

    /// What retention left; whose days, weeks and months there are is left open.
    static func kept(_ link: PostgresLink) async throws(PostgresFailure) -> RollupPlan.Kept {
        try kept(try await link.query(keptStatement), zone: "")
    }

    /// Asks for what ``kept(_:zone:)`` reads.
    static let keptStatement = """
        SELECT name, value FROM marks WHERE name IN ('readings_from_ms', 'rollups_from_ms')
        UNION ALL SELECT 'zone', zone FROM rollup_calendar WHERE adopted_through IS NULL
        """

    /// Reads the answer to ``keptStatement``, for somebody whose days begin in a time zone.
    ///
    /// Days, weeks and months of another one are as good as none, and so are those that are not all of one zone yet.
    static func kept(_ rows: PostgresRows, zone: String) throws(PostgresFailure) -> RollupPlan.Kept {
        var kept = RollupPlan.Kept.everything
        kept.coarsest = .hour
        for row in 0..<rows.count {
            let (name, value) = (try rows.words(row, 0), try rows.words(row, 1))
            if name == "zone", value == zone { kept.coarsest = .month }
            guard let time = Int64(value).map(UnixTime.init(milliseconds:)) else { continue }
            switch Name(rawValue: name) {
            case .readingsFrom: kept.readingsFrom = time
            case .rollupsFrom: kept.rollupsFrom = time
            case .eventsFrom, .safetyFrom, .pastFrom, nil: break
            }
        }
        return kept
    }

    /// Sets a mark.
    static func set(_ name: Name, _ value: String) -> PostgresStep {
        .statement(
            "INSERT INTO marks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [.text(name.rawValue), .text(value)])
    }
}

extension PostgresRows {
    /// A whole number that is never NULL.
    func wholeNumber(_ row: Int, _ column: Int) throws(PostgresFailure) -> Int64 {
        try present(integer(row, column), column)
    }

    /// A number that is never NULL.
    func number(_ row: Int, _ column: Int) throws(PostgresFailure) -> Double {
        try present(double(row, column), column)
    }

    /// A time that is never NULL.
    func moment(_ row: Int, _ column: Int) throws(PostgresFailure) -> UnixTime {
        try present(time(row, column), column)
    }

    /// A text that is never NULL.
    func words(_ row: Int, _ column: Int) throws(PostgresFailure) -> String { try present(text(row, column), column) }

    /// A truth value that is never NULL.
    func truth(_ row: Int, _ column: Int) throws(PostgresFailure) -> Bool { try present(boolean(row, column), column) }

    private func present<Value>(_ value: Value?, _ column: Int) throws(PostgresFailure) -> Value {
        guard let value else { throw PostgresFailure(.misused, "column \"\(columns[column])\" is NULL") }
        return value
    }
}
