import TwinCore

/// The live twin of one sensor: raw values in, judged samples out.
actor SensorTwin {
    /// A device is told at most this often what a sensor's raw value was processed to, in milliseconds.
    static let tellingMilliseconds: Int64 = 1_000

    private let loop: any Loop
    private(set) var state: SensorState
    private var toldAt: Uptime?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(state: SensorState, on loop: any Loop) {
        self.state = state
        self.loop = loop
    }

    /// Judges a report and takes the sample in.
    func receive(
        _ report: SensorReport, kind: SensorKind?, celsius: Double?, siblingWords: BoschWords?, digest: UInt64,
        at moment: Moment
    ) -> Result<SensorDecision, Refusal> {
        do throws(Refusal) {
            let decision = try state.decide(
                on: report, kind: kind, celsius: celsius, siblingWords: siblingWords, digest: digest, at: moment)
            for event in decision.events { state.apply(event, at: moment) }
            return .success(decision)
        } catch {
            return .failure(error)
        }
    }

    /// Whether enough time has passed since the device was told last; if so, it counts as told now.
    func mayBeTold(at moment: Moment) -> Bool {
        if let toldAt, moment.uptime.milliseconds(since: toldAt) < Self.tellingMilliseconds { return false }
        toldAt = moment.uptime
        return true
    }

    /// Takes a fact in.
    func apply(_ event: SensorEvent, at moment: Moment) { state.apply(event, at: moment) }

    /// A new run of the runtime began.
    func beginRun(at moment: Moment) { state.beginRun(at: moment) }
}
