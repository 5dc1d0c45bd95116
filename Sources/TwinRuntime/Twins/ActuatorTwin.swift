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

    /// Whether the device shows it off, and nothing drives it off any more.
    var isShownOff: Bool { state.safeState == nil && state.confirmed?.status.provesOff == true }

    /// Whether the device must stay able to hear an OFF for this output.
    ///
    /// An output that is driven off and was not shown through all the early repetitions is none that the device has;
    /// one of which nothing is known is ``isUnknown``.
    var needsOff: Bool {
        state.confirmed?.isOn == true || state.lease != nil
            || state.safeState.map { $0.attempts < DeviceState.repetitionsUntilAbsent } ?? false
    }

    /// Whether the device has, or had, such an output and has not shown it since it is back.
    ///
    /// It may be on by hand, or since before the runtime began.
    var isUnknown: Bool { state.confirmed == nil && (state.requested != nil || !state.type.isEmpty) }

    /// Drives the output off because the device drives its pin another way now, so that what it showed proves nothing.
    func performAfterReconfiguration(in context: ActuatorContext, at moment: Moment) -> Decision {
        var decision = Decision()
        if state.confirmed != nil {
            decision.append(perform(at: moment) { _ in ActuatorDecision(events: [.confirmationForgotten]) })
        }
        decision.append(perform(at: moment) { $0.decideSafeState(.reconfigured, in: context, at: moment) })
        return decision
    }

    /// Decides, and takes the decision's facts in; of one that breaks the rules only what de-energises counts.
    ///
    /// - Parameter context: What the decision rests on, if it may energise.
    func perform(
        in context: ActuatorContext? = nil, at moment: Moment, _ decide: @Sendable (ActuatorState) -> ActuatorDecision
    ) -> Decision {
        let decided = decide(state)
        var decision = Decision()
        if let rule = decided.brokenRule(for: state, in: context, at: moment) {
            decision.requests = decided.requests.filter(\.leavesAtOnce)
            decision.closes = decided.closes
            decision.failure = TwinFailure("\(OutputAddress(device: state.device, gpio: state.gpio)): \(rule)")
            return decision
        }
        for event in decided.events {
            state.apply(event, at: moment)
            decision.facts.append(Fact(device: state.device, moment: moment, event: .actuator(state.gpio, event)))
            if let record = state.record(changedBy: event) { decision.commands.append(record) }
        }
        decision.requests = decided.requests
        decision.closes = decided.closes
        return decision
    }

    /// Takes a journalled fact in.
    func apply(_ event: ActuatorEvent, at moment: Moment) { state.apply(event, at: moment) }

    /// A new run of the runtime began.
    func beginRun(at moment: Moment) { state.beginRun(at: moment) }
}
