import OrderedCollections
import TwinCore

extension DeviceTwin {
    /// Decides on a command for one of the device's actuators; `nil` when it never showed such an output.
    func command(_ order: CommandOrder, on gpio: GPIO, _ surroundings: Surroundings, at moment: Moment) -> Decision? {
        guard let twin = actuators[gpio] else { return nil }
        let context = context(for: twin, mayBeOn: true, surroundings)
        return counted(
            twin.assumeIsolated {
                $0.perform(in: context, at: moment) { $0.decide(on: order, in: context, at: moment) }
            },
            at: moment)
    }

    /// Notes how a command fares on its way out.
    func progress(_ event: ActuatorEvent, on gpio: GPIO, at moment: Moment) -> Decision {
        guard let twin = actuators[gpio] else { return Decision() }
        return counted(
            twin.assumeIsolated { twin in
                // About a command that is over by now there is nothing to note.
                guard twin.state.pending?.record.order.id == event.commandID else { return Decision() }
                return twin.perform(at: moment) { _ in ActuatorDecision(events: [event]) }
            }, at: moment)
    }

    /// Notes that a command was handed to the broker, unless it is over by now or none of a caller's.
    func sent(_ id: CommandID, on gpio: GPIO, at moment: Moment) -> Decision {
        guard let pending = actuators[gpio]?.assumeIsolated({ $0.state.pending }), pending.record.order.id == id else {
            return Decision()
        }
        return progress(.commandSent(id, attempt: pending.attempts), on: gpio, at: moment)
    }

    /// Whether a command is under way: it has not ended, nothing took its place, and nothing drives its output off.
    func isUnderWay(_ id: CommandID, on gpio: GPIO) -> Bool {
        guard !state.isStopped, state.status == .online, let twin = actuators[gpio] else { return false }
        return twin.assumeIsolated { $0.state.pending?.record.order.id == id && $0.state.safeState == nil }
    }

    /// Gives up an accepted command that must not leave.
    func abort(
        _ id: CommandID, on gpio: GPIO, _ outcome: CommandOutcome, _ surroundings: Surroundings, at moment: Moment
    ) -> Decision {
        guard let twin = actuators[gpio] else { return Decision() }
        let context = context(for: twin, surroundings)
        return counted(
            twin.assumeIsolated { $0.perform(at: moment) { $0.decideAbort(id, outcome, in: context, at: moment) } },
            at: moment)
    }

    /// Lets the device take part.
    func approve(by name: String, _ surroundings: Surroundings, at moment: Moment) -> Decision {
        counted(enact(state.decideApproval(by: name, at: moment), surroundings, at: moment), at: moment)
    }

    /// Excludes the device and drives its outputs off.
    func reject(by name: String, _ surroundings: Surroundings, at moment: Moment) -> Decision {
        var decision = driveOff(.excluded, surroundings, at: moment)
        let decided = state.decideRejection(by: name, in: context(surroundings), at: moment)
        decision.append(counted(enact(decided, surroundings, at: moment), at: moment))
        owesExclusion = state.isExclusionHeldBack(in: context(surroundings), at: moment)
        return decision
    }

    /// Tells the device that it is excluded once nothing is left that it must switch off first.
    func tellExclusion(_ surroundings: Surroundings, at moment: Moment) -> Decision {
        guard owesExclusion, !state.isExclusionHeldBack(in: context(surroundings), at: moment) else {
            return Decision()
        }
        owesExclusion = false
        return Decision(requests: [state.exclusionWord(at: moment)].compactMap(\.self))
    }

    /// Until when the device is told at the latest that it is excluded; `nil` when it was told.
    var exclusionDeadline: Uptime? { owesExclusion ? state.exclusionDeadline ?? loop.moment.uptime : nil }

    /// An emergency stop covers the device.
    func stop(_ incident: Incident, _ surroundings: Surroundings, at moment: Moment) -> Decision {
        let reach = incident.scope.reach(into: stopSubject)
        var decision = Decision()
        if reach == .device { decision.append(enact(state.decideStop(incident), surroundings, at: moment)) }
        decision.append(
            eachActuator(surroundings, at: moment) { state, context in
                reach.covers(state.gpio) ? state.decideStop(incident, in: context, at: moment) : ActuatorDecision()
            })
        return counted(decision, at: moment)
    }

    /// The emergency stops were released.
    func clear(by name: String, _ surroundings: Surroundings, at moment: Moment) -> Decision {
        counted(enact(state.decideClear(by: name), surroundings, at: moment), at: moment)
    }

    /// What time alone brings.
    func tick(_ surroundings: Surroundings, at moment: Moment) -> Decision {
        var decision = enact(
            state.decideOnTime(in: context(surroundings), at: moment), surroundings, at: moment)
        decision.append(
            eachActuator(surroundings, at: moment) { state, context in state.decideOnTime(in: context, at: moment) })
        decision.append(expireCalibrations(at: moment))
        decision = counted(decision, at: moment)
        decision.append(tellExclusion(surroundings, at: moment))
        decision.append(tellBroadcastToken(surroundings, at: moment))
        return decision
    }

    /// Drives every output to its safe state that is not known to be there.
    func driveOff(_ cause: SafeStateCause, _ surroundings: Surroundings, at moment: Moment) -> Decision {
        counted(
            eachActuator(surroundings, at: moment) { state, context in
                state.decideSafeState(cause, in: context, at: moment)
            }, at: moment)
    }

    /// Drives the outputs to their safe state that an operation switches off.
    func switchOff(
        for kind: TwinCore.Operation.Kind, _ surroundings: Surroundings, at moment: Moment
    ) -> Decision {
        let device = state
        return eachActuator(surroundings, at: moment) { state, context in
            guard device.isSwitchedOff(state.gpio, by: kind) else { return ActuatorDecision() }
            return state.decideSafeState(.safeMode, in: context, at: moment)
        }
    }

    /// Sends again what holds outputs off, because the way to the broker was interrupted.
    func reassert(_ surroundings: Surroundings, at moment: Moment) -> Decision {
        counted(enact(state.decideReassertion(at: moment), surroundings, at: moment), at: moment)
    }

    /// Whether the device shows an output on.
    func isShownOn(_ gpio: GPIO) -> Bool { actuators[gpio]?.assumeIsolated { $0.state.confirmed?.isOn } ?? false }

    /// Whether an output may be energised or is not known to be off.
    var hasUnsafeOutput: Bool { actuators.values.contains { $0.assumeIsolated { $0.isUnsafe } } }

    /// Outputs that may be energised or are not known to be off, as device and pin.
    var unsafeOutputs: [String] {
        actuators.compactMap { gpio, twin in twin.assumeIsolated { $0.isUnsafe } ? "\(id) gpio \(gpio)" : nil }
    }

    /// What an output's twin is told when it decides.
    ///
    /// - Parameters:
    ///   - type: Its wire word, where a message says another one than before.
    ///   - mayBeOn: Whether it is switched on now, or was. For an output that was off and stays so nobody looks at the
    ///     rest of the site, unless its effect is watched.
    func context(
        for twin: ActuatorTwin, as type: String? = nil, mayBeOn: Bool = false, _ surroundings: Surroundings
    ) -> ActuatorContext {
        let output = twin.assumeIsolated { $0.state }
        let gpio = output.gpio
        let kind = surroundings.catalogue.actuatorKind(
            state.kindWord(for: type ?? output.type, on: gpio), for: gpio, of: id)
        let looksAround = mayBeOn || output.isEnergised || kind.limits.effect != nil
        return ActuatorContext(
            address: state.address, kind: kind,
            circumstances: Gate.Circumstances(
                deviceStatus: state.status,
                isLatched: state.isStopped || incident(holding: gpio, surroundings.latch) != nil,
                isJournalTakingFacts: surroundings.isJournalTakingFacts,
                isBrokerConnected: surroundings.isBrokerConnected, fencedBy: surroundings.fencedBy,
                quarantine: state.quarantine?.message,
                neighbourhood: looksAround ? neighbourhood(of: gpio, kind.limits, surroundings) : Neighbourhood()),
            isDeviceAway: isAway(surroundings))
    }

    /// Whether the device counts as away, so that nothing is said to it over and over.
    func isAway(_ surroundings: Surroundings) -> Bool {
        state.isAway(afterMilliseconds: surroundings.silenceMilliseconds, at: loop.moment)
    }

    /// Lets every actuator decide, in the order of their pins' discovery.
    func eachActuator(
        _ surroundings: Surroundings, at moment: Moment,
        _ decide: @Sendable (ActuatorState, ActuatorContext) -> ActuatorDecision
    ) -> Decision {
        var decision = Decision()
        for twin in actuators.values {
            let context = context(for: twin, surroundings)
            decision.append(twin.assumeIsolated { $0.perform(in: context, at: moment) { decide($0, context) } })
        }
        return decision
    }

    /// Counts a decision's facts and looks whether it kept the rules; whatever takes a decision in outside of ``receive(_:digest:_:at:)`` ends with this.
    func counted(_ decision: Decision, at moment: Moment) -> Decision {
        note(decision.facts.count, at: moment)
        var decision = decision
        decision.failure = decision.failure ?? failure(after: decision)
        return decision
    }
}

extension ActuatorEvent {
    /// The command an event of a command's way out is about.
    fileprivate var commandID: CommandID? {
        switch self {
        case .commandSent(let id, _), .commandRetried(let id, _), .commandAcknowledged(let id),
            .commandFinished(let id, _):
            id
        default: nil
        }
    }
}
