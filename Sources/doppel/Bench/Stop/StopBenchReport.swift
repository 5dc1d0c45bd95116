/// What `doppel bench stop` prints.
struct StopBenchReport: Codable, Sendable {
    /// How long it took until half, 99 of 100, and all devices were so far.
    struct Spread: Codable, Sendable {
        var p50Ms: Double
        var p99Ms: Double
        var lastMs: Double

        /// From a begin to each of some moments, in nanoseconds of one clock.
        init(from begin: Int64, to moments: [Int64]) {
            let spread = doppel.Spread(of: moments.map { Double($0 - begin) / 1e6 })
            (p50Ms, p99Ms, lastMs) = (spread.p50Ms, spread.p99Ms, spread.maxMs)
        }

        /// The medians of several rounds, figure by figure.
        init(medianOf rounds: [Spread]) {
            p50Ms = IngestReport.median(rounds.map(\.p50Ms))
            p99Ms = IngestReport.median(rounds.map(\.p99Ms))
            lastMs = IngestReport.median(rounds.map(\.lastMs))
        }
    }

    /// One emergency stop by Doppel.
    struct Round: Codable, Sendable {
        /// Until each output was off, by the devices.
        var off: Spread
        /// Until each output was shown off on the scoreboard; at most one look too late.
        var confirmed: Spread
        /// Until the request was answered.
        var answerMs: Double
        /// Messages that devices had published and Doppel had not read when the stop was ordered.
        var waitingMessages: Int
        /// Samples stored a second around the stop.
        var storedPerSecond: Double
        /// Messages of devices, samples excepted, that Doppel read from the order to the last confirmation.
        var deviceMessages: Int
        /// Messages of its own that it read back meanwhile.
        var ownMessages: Int
        /// How often the scoreboard was looked at.
        var looks: Int
    }

    /// One broadcast by a bare client.
    struct BareRound: Codable, Sendable {
        /// Until each output was off, by the devices.
        var off: Spread
        /// Until the client had read each device's answer.
        var answered: Spread
    }

    var devices: Int
    var rounds: Int
    /// Samples a second that the devices publish.
    var samplesPerSecond: Int
    /// Whether that is the highest rate that Doppel kept up with here, or one that was asked for.
    var isRateFound: Bool
    /// Medians of Doppel's rounds, until the scoreboard showed it.
    var p50Ms: Double
    var p99Ms: Double
    var lastMs: Double
    /// Medians until the devices' outputs were off.
    var off: Spread
    var baselineAnswered: Spread
    var baselineOff: Spread
    /// Doppel's last confirmed device against the bare client's last answer.
    var ratio: Double
    /// Doppel's last output off against the bare client's.
    var ratioOff: Double
    var goalLastMs = Self.goalMilliseconds
    var goalRatio = Self.goalOfRatio
    var meetsGoal: Bool
    var doppelRounds: [Round]
    var baselineRounds: [BareRound]

    /// What the last device must not take longer than, in milliseconds, and its ratio to the bare client's.
    static let goalMilliseconds = 500.0
    static let goalOfRatio = 1.5

    /// Puts a report together.
    init(_ plan: StopBenchmark.Plan, isRateFound: Bool, _ doppel: [Round], _ baseline: [BareRound]) {
        devices = plan.devices
        rounds = plan.rounds
        samplesPerSecond = plan.rate
        self.isRateFound = isRateFound
        let confirmed = Spread(medianOf: doppel.map(\.confirmed))
        (p50Ms, p99Ms, lastMs) = (confirmed.p50Ms, confirmed.p99Ms, confirmed.lastMs)
        off = Spread(medianOf: doppel.map(\.off))
        baselineAnswered = Spread(medianOf: baseline.map(\.answered))
        baselineOff = Spread(medianOf: baseline.map(\.off))
        ratio = confirmed.lastMs / max(baselineAnswered.lastMs, .leastNormalMagnitude)
        ratioOff = off.lastMs / max(baselineOff.lastMs, .leastNormalMagnitude)
        meetsGoal = lastMs <= Self.goalMilliseconds && ratio <= Self.goalOfRatio
        doppelRounds = doppel
        baselineRounds = baseline
    }
}
