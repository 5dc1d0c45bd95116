/// What storing took: time, and CPU time of this process.
struct StoreCost: Sendable {
    private(set) var nanoseconds: Int64 = 0
    private(set) var cpuSeconds = 0.0

    /// A moment to count from.
    struct Begin: Sendable {
        private let at = BenchClock.now
        private let cpuSeconds = ProcessMeasures.cpuSeconds

        /// What was spent since.
        var cost: StoreCost {
            StoreCost(nanoseconds: BenchClock.now - at, cpuSeconds: ProcessMeasures.cpuSeconds - cpuSeconds)
        }
    }

    /// Adds what another part took.
    static func += (total: inout Self, part: Self) {
        total.nanoseconds += part.nanoseconds
        total.cpuSeconds += part.cpuSeconds
    }

    /// The rate at which so many rows were stored.
    func round(rows: Int) -> RateComparison.Round {
        RateComparison.Round(
            perSecond: Double(rows) / (Double(max(nanoseconds, 1)) / 1e9),
            cpuSecondsPerMillion: cpuSeconds / Double(rows) * 1e6)
    }
}
