import TwinCore

/// The live twin of one actuator: the only path by which its output can be energised.
actor ActuatorTwin {
    private let loop: any Loop
    private(set) var state: ActuatorState

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(state: ActuatorState, on loop: any Loop) {
        self.state = state
        self.loop = loop
    }

    /// Whether the output may be energised, or is not known to be off.
    var isUnsafe: Bool { state.confirmed?.isOn == true || state.lease != nil || state.safeState != nil }

    /// Whether the device must stay able to hear an OFF for this output.
    ///
    /// An output that is driven off and was not shown through all the early repetitions is none that the device has.
    var needsOff: Bool {
        state.confirmed?.isOn == true || state.lease != nil
            || state.safeState.map { $0.attempts < DeviceState.repetitionsUntilAbsent } ?? false
    }

    /// Decides, and takes the decision's facts in.
    func perform(
        at moment: Moment, _ decide: @Sendable (ActuatorState) -> ActuatorDecision
    ) -> Decision {
        let decided = decide(state)
        var decision = Decision()
        for event in decided.events {
            state.apply(event, at: moment)
            decision.facts.append(Fact(device: state.device, moment: moment, event: .actuator(state.gpio, event)))
            if let record = state.record(changedBy: event) { decision.commands.append(record) }
        }
        decision.requests = decided.requests
        return decision
    }

    /// Takes a journalled fact in.
    func apply(_ event: ActuatorEvent, at moment: Moment) { state.apply(event, at: moment) }

    /// A new run of the runtime began.
    func beginRun(at moment: Moment) { state.beginRun(at: moment) }
}
