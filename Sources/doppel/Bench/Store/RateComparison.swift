/// How many rows a second Doppel stores, beside a yardstick that stores the same ones.
struct RateComparison: Codable, Sendable, Equatable {
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
    var doppelRounds: [Double]
    var baselineRounds: [Double]

    /// Compares rounds, rows a second each.
    init(doppel: [Double], baseline: [Double]) {
        let ratios = zip(doppel, baseline).map { $0 / max($1, .leastNormalMagnitude) }
        doppelPerSecond = IngestReport.median(doppel)
        baselinePerSecond = IngestReport.median(baseline)
        ratio = IngestReport.median(ratios)
        leastRatio = ratios.min() ?? 0
        greatestRatio = ratios.max() ?? 0
        meetsGoal = ratio >= Self.goalOfRatio
        doppelRounds = doppel
        baselineRounds = baseline
    }

    /// Measures both in turn; who begins changes from round to round.
    static func alternate(
        _ name: String, rounds: Int, doppel: () async throws -> Double, baseline: () async throws -> Double
    ) async throws -> RateComparison {
        var (ours, bare): ([Double], [Double]) = ([], [])
        for round in 1...rounds {
            if round.isMultiple(of: 2) { bare.append(try await baseline()) }
            ours.append(try await doppel())
            if !round.isMultiple(of: 2) { bare.append(try await baseline()) }
            Console.standard.tell(
                "\(name), round \(round) of \(rounds): \(Int(ours[round - 1])) rows a second, "
                    + "the yardstick \(Int(bare[round - 1]))")
        }
        return RateComparison(doppel: ours, baseline: bare)
    }
}
