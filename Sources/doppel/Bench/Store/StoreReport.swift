/// What `doppel bench store` prints.
struct StoreReport: Codable, Sendable {
    var rows: Int
    var batchRows: Int
    var sensors: Int
    var rounds: Int
    /// Readings made durable by the journal, beside bare inserts through SQLite's C interface.
    var sqlite: RateComparison?
    /// Readings that the feed brings to PostgreSQL, beside a bare `COPY`.
    var postgres: RateComparison?
    /// Questions about a month by the hour, over a large history in PostgreSQL.
    var query: QueryReport?

    /// Nothing measured yet.
    init(_ shape: StoreShape) {
        rows = shape.rows
        batchRows = shape.batchRows
        sensors = shape.sensors
        rounds = shape.rounds
    }

    /// Whether everything that was measured is as good as it is meant to be.
    var meetsGoals: Bool {
        [sqlite?.meetsGoal, postgres?.meetsGoal, query?.meetsGoal].allSatisfy { $0 ?? true }
    }
}
