import TwinCore

/// The live twin of one sensor: raw values in, judged samples out.
actor SensorTwin {
    private let loop: any Loop
    private(set) var state: SensorState

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(state: SensorState, on loop: any Loop) {
        self.state = state
        self.loop = loop
    }

    /// Judges a report and takes the sample in.
    func receive(
        _ report: SensorReport, kind: SensorKind?, digest: UInt64, at moment: Moment
    ) -> Result<SensorEvent, Refusal> {
        do throws(Refusal) {
            let event = SensorEvent.sampled(try Sample(report, kind: kind, digest: digest, at: moment))
            state.apply(event, at: moment)
            return .success(event)
        } catch {
            return .failure(error)
        }
    }

    /// Takes a journalled fact in.
    func apply(_ event: SensorEvent, at moment: Moment) { state.apply(event, at: moment) }
}
