/// How many rows a second Doppel stores, beside a yardstick that stores the same ones.
struct RateComparison: Codable, Sendable {
    /// One measurement.
    struct Round: Codable, Sendable {
        var perSecond: Double
        /// CPU seconds of this process for a million rows; a busy machine disturbs them less than the rate.
        var cpuSecondsPerMillion: Double
        /// How busy the machine was with everything that ran on it.
        var loadAverage = MachineLoad.average
    }

    /// What the ratio must not be below.
    static let goalOfRatio = 0.7

    /// Medians, rows a second.
    var doppelPerSecond: Double
    var baselinePerSecond: Double
    /// The median of the rounds' ratios, and the least and the greatest of them.
    var ratio: Double
    var leastRatio: Double
    var greatestRatio: Double
    var goalRatio = Self.goalOfRatio
    var meetsGoal: Bool
    var doppelCpuSecondsPerMillion: Double
    var baselineCpuSecondsPerMillion: Double
    var doppelRounds: [Round]
    var baselineRounds: [Round]

    /// Compares rounds.
    init(doppel: [Round], baseline: [Round]) {
        let ratios = zip(doppel, baseline).map { $0.perSecond / max($1.perSecond, .leastNormalMagnitude) }
        doppelPerSecond = IngestReport.median(doppel.map(\.perSecond))
        baselinePerSecond = IngestReport.median(baseline.map(\.perSecond))
        ratio = IngestReport.median(ratios)
        leastRatio = ratios.min() ?? 0
        greatestRatio = ratios.max() ?? 0
        meetsGoal = ratio >= Self.goalOfRatio
        doppelCpuSecondsPerMillion = IngestReport.median(doppel.map(\.cpuSecondsPerMillion))
        baselineCpuSecondsPerMillion = IngestReport.median(baseline.map(\.cpuSecondsPerMillion))
        doppelRounds = doppel
        baselineRounds = baseline
    }

    /// Measures both in turn; who begins changes from round to round.
    static func alternate(
        _ name: String, rounds: Int, doppel: () async throws -> Round, baseline: () async throws -> Round
    ) async throws -> RateComparison {
        var (ours, bare): ([Round], [Round]) = ([], [])
        for round in 1...rounds {
            if round.isMultiple(of: 2) { bare.append(try await baseline()) }
            ours.append(try await doppel())
            if !round.isMultiple(of: 2) { bare.append(try await baseline()) }
            let rates = [ours, bare].map { Int($0[round - 1].perSecond) }
            Console.standard.tell(
                "\(name), round \(round) of \(rounds): \(rates[0]) rows a second, the yardstick \(rates[1])")
        }
        return RateComparison(doppel: ours, baseline: bare)
    }
}
