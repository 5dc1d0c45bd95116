/// What `doppel bench processing` prints.
struct ProcessingReport: Codable, Sendable {
    var devices: Int
    var seconds: Int
    /// What was asked for, on each way.
    var requestsPerSecond: Int
    var readingsPerSecond: Int
    /// Answers a second over MQTT, with nothing beside.
    var ratePerSecond: Double
    /// Inside the runtime, for `pi_enhanced/response` with nothing beside.
    var p50Ms: Double
    var p99Ms: Double
    var maxMs: Double
    /// There and back over MQTT.
    var roundTrip: Spread
    /// There and back by way of a client that only sends requests back.
    var baselineRoundTrip: Spread
    /// The median round trip, in those of the baseline.
    var ratio: Double
    /// The 99th percentile of the round trips, in that of the baseline.
    var ratioP99: Double
    /// Requests without an answer or with one that says why there is no value, in all runs together.
    var unanswered: Int
    var failed: Int
    /// Requests over MQTT with nothing beside, then over HTTP.
    var alone: Run
    /// Requests over MQTT beside raw readings, whose commits all that leaves with them waits for.
    var besideReadings: Run?

    /// One run of Doppel.
    struct Run: Codable, Sendable {
        var answersPerSecond: Double
        var roundTrip: Spread
        /// There and back over HTTP, and answers a second.
        var httpRoundTrip: Spread?
        var httpAnswersPerSecond: Double?
        var readingsSent: Int
        /// Inside the runtime, by the way the values left.
        var inside: [String: Door]
        var loopLagP99Microseconds: Double
        var cpuSeconds: Double
    }

    /// One way on which processed values leave, by the runtime's own count; percentiles at most an eighth too high.
    struct Door: Codable, Sendable {
        var answers: Int
        var p50Ms: Double
        var p99Ms: Double
        var maxMs: Double
    }

    /// Puts a report together.
    init(
        _ plan: ProcessingLoad.Plan, _ baseline: ProcessingLoadResult, _ run: ProcessingRun,
        besideReadings other: ProcessingRun?
    ) {
        devices = plan.devices
        seconds = plan.seconds
        requestsPerSecond = plan.rate
        readingsPerSecond = plan.readings
        ratePerSecond = run.mqtt.answersPerSecond
        let response = run.door("response")
        p50Ms = response.p50Ms
        p99Ms = response.p99Ms
        maxMs = response.maxMs
        roundTrip = run.mqtt.roundTrip
        baselineRoundTrip = baseline.roundTrip
        ratio = roundTrip.p50Ms / max(baselineRoundTrip.p50Ms, .leastNormalMagnitude)
        ratioP99 = roundTrip.p99Ms / max(baselineRoundTrip.p99Ms, .leastNormalMagnitude)
        let loads = [baseline, run.mqtt, run.http, other?.mqtt].compactMap(\.self)
        unanswered = loads.map { $0.sent + $0.unsent - $0.answered }.reduce(0, +)
        failed = loads.map(\.failed).reduce(0, +)
        alone = run.report
        besideReadings = other?.report
    }

    /// One JSON object, for scripts.
    var json: String { get throws { try IngestReport.json(self) } }
}

/// What one run of Doppel gave: what the loads saw, and what its own measurements say.
struct ProcessingRun {
    let mqtt: ProcessingLoadResult
    let http: ProcessingLoadResult?
    let measurements: [String: Double]

    func door(_ name: String) -> ProcessingReport.Door {
        let milliseconds = { (percent: Int) in
            measurements["doppel_processing_milliseconds{door=\"\(name)\",percentile=\"\(percent)\"}"] ?? 0
        }
        return ProcessingReport.Door(
            answers: Int(measurements["doppel_processing_answers_total{door=\"\(name)\"}"] ?? 0),
            p50Ms: milliseconds(50), p99Ms: milliseconds(99), maxMs: milliseconds(100))
    }

    var report: ProcessingReport.Run {
        let doors = ["response", "processed", "http"].map { ($0, door($0)) }.filter { $0.1.answers > 0 }
        return ProcessingReport.Run(
            answersPerSecond: mqtt.answersPerSecond, roundTrip: mqtt.roundTrip, httpRoundTrip: http?.roundTrip,
            httpAnswersPerSecond: http?.answersPerSecond, readingsSent: mqtt.readingsSent,
            inside: Dictionary(uniqueKeysWithValues: doors),
            loopLagP99Microseconds: measurements["doppel_loop_turn_microseconds{percentile=\"99\"}"] ?? 0,
            cpuSeconds: measurements["doppel_cpu_seconds_total"] ?? 0)
    }
}
