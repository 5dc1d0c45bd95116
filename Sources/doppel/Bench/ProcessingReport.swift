/// What `doppel bench processing` prints.
struct ProcessingReport: Codable, Sendable {
    /// One way on which processed values leave.
    struct Door: Codable, Sendable {
        /// How many left.
        var answers: Int
        /// How long they took inside the runtime: percentiles at most an eighth too high.
        var inside: Spread
    }

    var devices: Int
    var seconds: Int
    var requestsPerSecondAsked: Int
    var readingsPerSecondAsked: Int
    /// Answers a second over MQTT.
    var ratePerSecond: Double
    /// Inside the runtime, for `pi_enhanced/response`.
    var p50Ms: Double
    var p99Ms: Double
    var maxMs: Double
    /// There and back over MQTT, beside a client that only sends requests back.
    var roundTrip: Spread
    var baselineRoundTrip: Spread
    /// The median round trip, in those of the baseline.
    var ratio: Double
    /// The 99th percentile, in that of the baseline.
    var ratioP99: Double
    /// There and back over HTTP.
    var httpRatePerSecond: Double
    var httpRoundTrip: Spread
    /// Requests without an answer or with one that says why there is no value, on all ways together.
    var unanswered: Int
    var failed: Int
    var readingsSent: Int
    /// By what tells them apart in `/metrics`.
    var doors: [String: Door]
    var loopLagP99Microseconds: Double
    var cpuSeconds: Double

    /// Puts a report together from what the loads saw and what Doppel's own measurements say.
    init(
        _ plan: ProcessingLoad.Plan, baseline: ProcessingLoadResult, doppel: ProcessingLoadResult,
        http: ProcessingLoadResult, metrics: [String: Double]
    ) {
        devices = plan.devices
        seconds = plan.seconds
        requestsPerSecondAsked = plan.rate
        readingsPerSecondAsked = plan.readings
        ratePerSecond = doppel.answersPerSecond
        doors = Dictionary(
            uniqueKeysWithValues: ["response", "processed", "http"].map { ($0, Self.door($0, metrics)) })
        let inside = Self.door("response", metrics).inside
        p50Ms = inside.p50Ms
        p99Ms = inside.p99Ms
        maxMs = inside.maxMs
        roundTrip = doppel.roundTrip
        baselineRoundTrip = baseline.roundTrip
        ratio = doppel.roundTrip.p50Ms / max(baseline.roundTrip.p50Ms, .leastNormalMagnitude)
        ratioP99 = doppel.roundTrip.p99Ms / max(baseline.roundTrip.p99Ms, .leastNormalMagnitude)
        httpRatePerSecond = http.answersPerSecond
        httpRoundTrip = http.roundTrip
        let loads = [baseline, doppel, http]
        unanswered = loads.map { $0.sent + $0.unsent - $0.answered }.reduce(0, +)
        failed = loads.map(\.failed).reduce(0, +)
        readingsSent = doppel.readingsSent
        loopLagP99Microseconds = metrics["doppel_loop_turn_microseconds{percentile=\"99\"}"] ?? 0
        cpuSeconds = metrics["doppel_cpu_seconds_total"] ?? 0
    }

    private static func door(_ name: String, _ metrics: [String: Double]) -> Door {
        let milliseconds = { (percent: Int) in
            metrics["doppel_processing_milliseconds{door=\"\(name)\",percentile=\"\(percent)\"}"] ?? 0
        }
        return Door(
            answers: Int(metrics["doppel_processing_answers_total{door=\"\(name)\"}"] ?? 0),
            inside: Spread(p50Ms: milliseconds(50), p99Ms: milliseconds(99), maxMs: milliseconds(100)))
    }

    /// One JSON object, for scripts.
    var json: String { get throws { try IngestReport.json(self) } }
}
