/// How a number of durations is spread, in milliseconds.
struct Spread: Codable, Sendable, Equatable {
    var p50Ms = 0.0
    var p99Ms = 0.0
    var maxMs = 0.0

    /// Nothing measured.
    init() {}

    /// Takes percentiles that were measured elsewhere.
    init(p50Ms: Double, p99Ms: Double, maxMs: Double) {
        self.p50Ms = p50Ms
        self.p99Ms = p99Ms
        self.maxMs = maxMs
    }

    /// The exact percentiles of durations in any order, by nearest rank; zeros when there are none.
    init(of durations: [Double]) {
        let sorted = durations.sorted()
        let percentile = { (percent: Int) in
            sorted.isEmpty ? 0 : sorted[max(1, (sorted.count * percent + 99) / 100) - 1]
        }
        self.init(p50Ms: percentile(50), p99Ms: percentile(99), maxMs: sorted.last ?? 0)
    }
}
