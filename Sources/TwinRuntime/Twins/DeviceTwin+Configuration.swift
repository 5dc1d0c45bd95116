import OrderedCollections
import TwinCore

extension DeviceTwin {
    /// Takes a wish in that was judged before; what is to be said to the device is said when it can be.
    func configure(
        _ wish: ConfigurationWish, by name: String, _ validUntil: UnixTime?, _ surroundings: Surroundings,
        at moment: Moment
    ) -> Decision {
        let decided = state.configuration.decide(
            on: wish.desired, touched: wish.touched, by: name, revision: revision + 1, validUntil: validUntil,
            at: moment)
        var decision = enact(
            DeviceDecision(events: decided.events.map { .configuration($0) }), surroundings, at: moment)
        note(decision.facts.count, at: moment)
        // A device that can be told is told in this turn.
        decision.append(tick(surroundings, at: moment))
        return decision
    }

    /// The twin as it would be with a wish; nothing changes.
    func rehearsal(of wish: ConfigurationWish, by name: String, _ validUntil: UnixTime?, at moment: Moment)
        -> DeviceSnapshot
    {
        let decided = state.configuration.decide(
            on: wish.desired, touched: wish.touched, by: name, revision: revision + 1, validUntil: validUntil,
            at: moment)
        var rehearsed = snapshot
        for event in decided.events { rehearsed.device.apply(.configuration(event), at: moment) }
        return rehearsed
    }

    /// Asks the device to do something beside switching outputs, or says why it cannot be told.
    func operate(
        _ operation: TwinCore.Operation, _ surroundings: Surroundings, at moment: Moment
    ) -> Result<Decision, OperationRefusal> {
        do throws(OperationRefusal) {
            let decided = try state.decideOperation(operation, in: context(surroundings), at: moment)
            // What energises and still waits for the disk must not follow, and a device in safe mode takes no OFF.
            var decision = switchOff(for: operation.kind, surroundings, at: moment)
            decision.append(enact(decided, surroundings, at: moment))
            return .success(counted(decision, at: moment))
        } catch {
            return .failure(error)
        }
    }

    /// Why an operation that waited for its cause to be durable must not leave any more; `nil` when it may.
    func whyNotToSend(_ operation: TwinCore.Operation, _ surroundings: Surroundings) -> String? {
        state.whyNotToSend(operation, in: context(surroundings))
    }

    /// An operation was handed to the broker.
    func operationSent(_ id: CommandID, at moment: Moment) -> Decision {
        counted(take(state.operationSent(id), at: moment), at: moment)
    }

    /// An operation must not or cannot leave.
    func operationFailed(_ id: CommandID, _ reason: String, at moment: Moment) -> Decision {
        if case .setEmergencyToken(_, .broadcast) = state.operations[id]?.operation.kind {
            tokenTelling.postpone(at: moment)
        }
        return counted(take(state.operationFailed(id, reason), at: moment), at: moment)
    }

    /// Removes the device: its outputs are driven off, and it is told that it is not wanted.
    func delete(by name: String, _ surroundings: Surroundings, at moment: Moment) -> Decision {
        var decision = driveOff(.excluded, surroundings, at: moment)
        let decided = state.decideDeletion(by: name, in: context(surroundings), at: moment)
        decision.append(counted(enact(decided, surroundings, at: moment), at: moment))
        owesExclusion = state.isExclusionHeldBack(in: context(surroundings), at: moment)
        return decision
    }

    /// Whether a step of the configuration may be said to the device as it stands now.
    func mayBeTold(_ step: ConfigurationStep, _ surroundings: Surroundings, at moment: Moment) -> Bool {
        guard state.status == .online, !state.isStopped, let underWay = state.configuration.step,
            underWay.step.id == step.id, !step.undoesIsolation(of: state.isolatedSubzones)
        else { return false }
        return underWay.lettingGo.isEmpty || context(surroundings).mayLetGo(at: moment)
    }

    /// Drives those outputs off that the device drives another way since it carried out a part of a step.
    func driveReconfiguredOff(
        by events: [DeviceEvent], of step: ConfigurationState.StepUnderWay, _ surroundings: Surroundings,
        at moment: Moment
    ) -> Decision {
        var decision = Decision()
        for case .configuration(.applied(let paths)) in events {
            for case .actuator(let gpio) in paths where step.lettingGo.contains(.actuator(gpio)) {
                // One that was removed cannot be switched any more.
                guard state.configuration.reported.actuators[gpio] != nil, let twin = actuators[gpio] else { continue }
                let context = context(for: twin, surroundings)
                decision.append(twin.assumeIsolated { $0.performAfterReconfiguration(in: context, at: moment) })
            }
        }
        return decision
    }

    /// When outputs that a device has not shown by then are none that it has.
    private var unknownUntil: Uptime? {
        guard actuators.values.contains(where: { $0.assumeIsolated { $0.isUnknown } }) else { return nil }
        // Devices repeat every status within this span.
        return (state.returnedAt ?? state.lastHeard).uptime.advanced(byMilliseconds: ActuatorState.effectMilliseconds)
    }

    /// What the device's decisions are told about their surroundings.
    func context(_ surroundings: Surroundings) -> DeviceContext {
        DeviceContext(
            libraries: surroundings.catalogue.libraries, revision: revision,
            isHeld: incident(reachingInto: surroundings.latch) != nil,
            isEnergised: actuators.values.contains { $0.assumeIsolated { $0.needsOff } },
            isUnknownUntil: unknownUntil,
            broadcastToken: surroundings.broadcastToken,
            silenceMilliseconds: surroundings.silenceMilliseconds,
            isAway: isAway(surroundings), isBrokerConnected: surroundings.isBrokerConnected)
    }
}
