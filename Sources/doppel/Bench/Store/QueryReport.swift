/// How long questions about a month take over a large history in PostgreSQL.
struct QueryReport: Codable, Sendable {
    /// What the 99th percentile must not be above, in milliseconds.
    static let goalMilliseconds = 20.0

    /// Readings that the database holds, and how many days they go over.
    var rows: Int
    var sensors: Int
    var days: Int
    /// How long it took to fill the database; measured when it was filled.
    var fillSeconds: Double
    var databaseMb: Double
    /// How many questions were asked, and how many hours with values each answer had on average.
    var questions: Int
    var bucketsPerAnswer: Double
    /// From the question to the buckets.
    var doppel: Spread
    /// The same rows by one statement through libpq, as text.
    var baseline: Spread
    /// The median, in those of the baseline.
    var ratio: Double
    /// The first question of a new connection, which gets to know the tables with it.
    var firstQuestion: Spread
    /// How busy the machine was in the end with everything that ran on it.
    var loadAverage = MachineLoad.average
    var goalP99Ms = Self.goalMilliseconds
    var meetsGoal: Bool

    /// Puts a report together; times in milliseconds.
    init(
        _ fill: HistoryFill, fillSeconds: Double, databaseBytes: Double, buckets: Int, doppel: [Double], bare: [Double],
        first: [Double]
    ) {
        rows = fill.rows
        sensors = fill.sensors
        days = fill.days
        self.fillSeconds = fillSeconds
        databaseMb = databaseBytes / 1e6
        questions = doppel.count
        bucketsPerAnswer = Double(buckets) / Double(max(doppel.count, 1))
        self.doppel = Spread(of: doppel)
        baseline = Spread(of: bare)
        ratio = self.doppel.p50Ms / max(baseline.p50Ms, .leastNormalMagnitude)
        firstQuestion = Spread(of: first)
        meetsGoal = self.doppel.p99Ms <= Self.goalMilliseconds
    }
}
