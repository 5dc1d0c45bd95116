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
        let result = route(report, digest: digest, surroundings, at: moment)
        if case .success(let decision) = result {
            if decision.facts.contains(where: \.event.isSpeech) { noteSpeech(at: moment) }
            note(decision.facts.count, at: moment)
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
        switch message {
        case .heartbeat, .metrics, .announcement, .will, .emergency: return nil
        default: break
        }
        switch state.status {
        case .approved, .online, .offline: return nil
        case .pendingApproval:
            return Refusal(.notApproved, "\(id) waits for approval; approve it to let its messages count")
        case .rejected, .deleted:
            // Only what may prove an output off that is still being driven there.
            if case .actuatorStatus(let status) = message, isBeingDrivenOff(status.gpio) { return nil }
            return Refusal(.deviceRejected, "\(id) was rejected; approve it to let its messages count")
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
        case .heartbeat(let heartbeat):
            var decision = Decision()
            if report.kaiser != state.address.kaiser {
                decision.append(take(DeviceDecision(events: [.moved(report.kaiser)]), at: moment))
            }
            decision.append(enact(state.decide(on: heartbeat, at: moment), surroundings, at: moment))
            return .success(decision)
        case .metrics(let metrics):
            var decided = state.decideOnSpeech(at: moment)
            decided.events.append(.metrics(metrics))
            return .success(enact(decided, surroundings, at: moment))
        case .announcement(let announcement):
            return .success(enact(state.decide(on: announcement, at: moment), surroundings, at: moment))
        case .will(let will): return .success(enact(state.decide(on: will), surroundings, at: moment))
        case .emergency(let emergency):
            return .success(enact(state.decide(on: emergency, at: moment), surroundings, at: moment))
        default: return .success(Decision())
        }
    }

    /// Takes a device's decision in and lets its actuators follow: OFFs of a returned device come before what else
    /// is said to it, and the outputs of a lost one are unknown.
    func enact(_ decided: DeviceDecision, _ surroundings: Surroundings, at moment: Moment) -> Decision {
        var decided = decided
        let later = decided.requests.filter { !$0.leavesAtOnce }
        decided.requests.removeAll { !$0.leavesAtOnce }
        let isLost = decided.events.contains { if case .wentOffline = $0 { true } else { false } }
        var decision = take(decided, at: moment)
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
        _ report: SensorReport, digest: UInt64, _ surroundings: Surroundings, at moment: Moment
    ) -> Result<Decision, Refusal> {
        let kind = surroundings.catalogue.sensorKind(report.type)
        let key = SensorKey(gpio: report.gpio, type: kind?.name ?? report.type, address: report.address)
        guard let twin = sensor(key) else {
            return .failure(Refusal(.tooManySensors, "\(id) shows more than \(Self.maximumSensors) sensors"))
        }
        switch twin.assumeIsolated({ $0.receive(report, kind: kind, digest: digest, at: moment) }) {
        case .failure(let refusal):
            if twin.assumeIsolated({ $0.state.count == 0 }) { forget(key) }
            return .failure(refusal)
        case .success(let event):
            var decision = Decision()
            if state.status != .online {
                decision = enact(state.decideOnSpeech(at: moment), surroundings, at: moment)
            }
            decision.facts.append(Fact(device: id, moment: moment, event: .sensor(key, event)))
            return .success(decision)
        }
    }

    private func receive(
        _ status: ActuatorStatus, _ surroundings: Surroundings, at moment: Moment
    ) -> Result<Decision, Refusal> {
        guard let twin = actuator(status.gpio, type: status.type) else {
            return .failure(Refusal(.tooManyActuators, "\(id) shows more than \(Self.maximumActuators) actuators"))
        }
        var decision = enact(state.decideOnSpeech(at: moment), surroundings, at: moment)
        decision.append(enact(state.decide(on: status.emergency), surroundings, at: moment))
        let context = context(for: status.type, surroundings)
        decision.append(
            twin.assumeIsolated { $0.perform(at: moment) { $0.decide(on: status, in: context, at: moment) } })
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
        let context = context(for: twin.assumeIsolated { $0.state.type }, surroundings)
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
