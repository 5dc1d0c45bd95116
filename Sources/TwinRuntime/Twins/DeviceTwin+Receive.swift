import OrderedCollections
import TwinCore

extension DeviceTwin {
    /// Decides on one message of the device.
    ///
    /// - Parameters:
    ///   - report: What it says.
    ///   - digest: For a sensor report, the digest under which it is stored.
    ///   - surroundings: What the rest of the runtime contributes.
    ///   - moment: When it reached the runtime.
    /// - Returns: The decision, already taken in; or why the message has no effect.
    func receive(
        _ report: DeviceReport, digest: UInt64, _ surroundings: Surroundings, at moment: Moment
    ) -> Result<Decision, Refusal> {
        if let refusal = admission(of: report.message) { return .failure(refusal) }
        let wasAway = state.status != .offline && isAway(surroundings)
        var result = route(report, digest: digest, surroundings, at: moment)
        if case .success(var decision) = result {
            // Who takes no part was not told for ever; its word says that it can be told again.
            if wasAway, decision.facts.contains(where: \.event.isSpeech) {
                decision.append(enact(state.decideReassertion(at: moment), surroundings, at: moment))
                result = .success(decision)
            }
            if decision.facts.contains(where: \.event.isSpeech) { noteSpeech(at: moment) }
            note(decision.facts.count, at: moment)
            if decision.failure == nil, let failure = failure(after: decision) {
                decision.failure = failure
                result = .success(decision)
            }
        }
        return result
    }

    /// Takes in that the device spoke for the first time.
    func discover(_ kaiser: KaiserID, isApproved: Bool, at moment: Moment) -> Decision {
        let decision = take(DeviceDecision(events: [.discovered(kaiser, approved: isApproved)]), at: moment)
        note(decision.facts.count, at: moment)
        return decision
    }

    /// The digest under which a sensor report is stored.
    ///
    /// A device without a clock may send the very same bytes again: after a reboot, which its boot tells apart, or, if
    /// it does not count its messages either, because nothing changed. Then the second of its receipt tells them apart,
    /// and a redelivery is stored twice: better than losing a sample.
    func digest(of report: SensorReport, at moment: Moment) -> UInt64 {
        guard !report.clock.isPlausible else { return report.digest }
        var digest = (state.bootSequence ?? "").utf8.reduce(report.digest) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        if report.sequence == nil {
            digest = (digest ^ UInt64(bitPattern: moment.time.milliseconds / 1000)) &* 0x100_0000_01B3
        }
        return digest
    }

    private func admission(of message: DeviceMessage) -> Refusal? {
        switch state.status {
        case .approved, .online, .offline: return nil
        case .pendingApproval:
            if message.isAboutPresence || message.isSelfDescription || state.isAwaited(message) { return nil }
            return Refusal(.notApproved, "\(id) waits for approval; approve it to let its messages count")
        case .rejected, .deleted:
            // An error of such a device says what it makes of its exclusion.
            if message.isAboutPresence || state.isAwaited(message) { return nil }
            if case .error = message { return nil }
            // Only what may prove an output off that is still being driven there.
            if case .actuatorStatus(let status) = message, isBeingDrivenOff(status.gpio) { return nil }
            return state.status == .deleted
                ? Refusal(.deviceDeleted, "\(id) was removed; approve it to let its messages count")
                : Refusal(.deviceRejected, "\(id) was rejected; approve it to let its messages count")
        }
    }

    private func isBeingDrivenOff(_ gpio: GPIO) -> Bool {
        actuators[gpio]?.assumeIsolated { $0.state.safeState != nil } ?? false
    }

    private func route(
        _ report: DeviceReport, digest: UInt64, _ surroundings: Surroundings, at moment: Moment
    ) -> Result<Decision, Refusal> {
        switch report.message {
        case .sensor(let sensor): return receive(sensor, digest: digest, surroundings, at: moment)
        case .actuatorStatus(let status): return receive(status, surroundings, at: moment)
        case .actuatorResponse(let response): return .success(receive(response, surroundings, at: moment))
        case .actuatorAlert(let alert): return .success(receive(alert, surroundings, at: moment))
        case .sensorBatch: preconditionFailure("the values of a batch are delivered one by one")
        case .processing(let request): return .success(answer(request, surroundings, at: moment))
        case .heartbeat, .metrics, .announcement, .will, .emergency, .measured, .diagnostics, .error, .queuePressure,
            .status, .safeMode, .credentials, .hardware, .busScan, .intent, .intentLifecycle, .configuration, .zone,
            .subzone, .subzoneStatus, .system, .library:
            var decision = Decision()
            if case .heartbeat = report.message, report.kaiser != state.address.kaiser {
                decision.append(take(DeviceDecision(events: [.moved(report.kaiser)]), at: moment))
            }
            let decided = state.decide(on: report.message, in: context(surroundings), at: moment)
            decision.append(enact(decided, surroundings, at: moment))
            return .success(decision)
        }
    }

    /// Takes a device's decision in and lets its actuators follow: OFFs of a returned device come before what else
    /// is said to it, and the outputs of a lost one are unknown.
    func enact(_ decided: DeviceDecision, _ surroundings: Surroundings, at moment: Moment) -> Decision {
        var decided = decided
        let later = decided.requests.filter { !$0.leavesAtOnce }
        decided.requests.removeAll { !$0.leavesAtOnce }
        let isLost = decided.events.contains { if case .wentOffline = $0 { true } else { false } }
        let step = state.configuration.step
        var decision = take(decided, at: moment)
        if let step { decision.append(driveReconfiguredOff(by: decided.events, of: step, surroundings, at: moment)) }
        if decided.isReturn {
            decision.append(
                eachActuator(surroundings, at: moment) { state, context in
                    state.decideReturn(in: context, at: moment)
                })
        }
        if isLost {
            decision.append(
                eachActuator(surroundings, at: moment) { state, _ in
                    state.confirmed == nil ? ActuatorDecision() : ActuatorDecision(events: [.confirmationForgotten])
                })
        }
        decision.requests.append(contentsOf: later)
        return decision
    }

    private func receive(
        _ status: ActuatorStatus, _ surroundings: Surroundings, at moment: Moment
    ) -> Result<Decision, Refusal> {
        guard let twin = actuator(status.gpio, type: status.type) else {
            return .failure(Refusal(.tooManyActuators, "\(id) shows more than \(Self.maximumActuators) actuators"))
        }
        var decision = enact(state.decideOnSpeech(at: moment), surroundings, at: moment)
        decision.append(enact(state.decide(on: status.emergency), surroundings, at: moment))
        let context = context(for: twin, as: status.type, mayBeOn: status.isOn, surroundings)
        decision.append(
            twin.assumeIsolated { $0.perform(at: moment) { $0.decide(on: status, in: context, at: moment) } })
        decision.append(tellExclusion(surroundings, at: moment))
        return .success(decision)
    }

    private func receive(
        _ response: ActuatorResponse, _ surroundings: Surroundings, at moment: Moment
    ) -> Decision {
        var decided = state.decideOnSpeech(at: moment)
        guard let twin = actuators[response.gpio] else {
            decided.events.append(.strayResponse(response))
            return enact(decided, surroundings, at: moment)
        }
        var decision = enact(decided, surroundings, at: moment)
        let context = context(for: twin, surroundings)
        decision.append(
            twin.assumeIsolated { $0.perform(at: moment) { $0.decide(on: response, in: context, at: moment) } })
        return decision
    }

    private func receive(_ alert: ActuatorAlert, _ surroundings: Surroundings, at moment: Moment) -> Decision {
        var decided = state.decideOnSpeech(at: moment)
        guard let gpio = alert.gpio, let twin = actuators[gpio] else {
            decided.events.append(.alerted(alert))
            return enact(decided, surroundings, at: moment)
        }
        var decision = enact(decided, surroundings, at: moment)
        decision.append(twin.assumeIsolated { $0.perform(at: moment) { $0.decide(on: alert) } })
        return decision
    }
}

extension DeviceMessage {
    /// Whether it is about the device's being there and its emergency stop, which counts from any known device.
    fileprivate var isAboutPresence: Bool {
        switch self {
        case .heartbeat, .metrics, .announcement, .will, .emergency: true
        case .sensor, .sensorBatch, .measured, .processing, .actuatorStatus, .actuatorResponse, .actuatorAlert,
            .diagnostics, .error, .queuePressure, .status, .safeMode, .credentials, .hardware, .busScan, .intent,
            .intentLifecycle, .configuration, .zone, .subzone, .subzoneStatus, .system, .library:
            false
        }
    }

    /// Whether it says what the device is and how it is, which helps an operator to decide whether to let it in.
    fileprivate var isSelfDescription: Bool {
        switch self {
        case .diagnostics, .error, .status, .safeMode, .hardware, .intentLifecycle: true
        case .heartbeat, .metrics, .announcement, .will, .emergency, .sensor, .sensorBatch, .measured, .processing,
            .actuatorStatus, .actuatorResponse, .actuatorAlert, .queuePressure, .credentials, .busScan, .intent,
            .configuration, .zone, .subzone, .subzoneStatus, .system, .library:
            false
        }
    }
}
