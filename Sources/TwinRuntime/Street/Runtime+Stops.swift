import Logging
import OrderedCollections
import TwinCore

extension Runtime {
    /// How many devices are stopped in one turn; a broadcast has reached all of them before.
    static let stopsPerTurn = 512
    /// After so long an emergency stop that is not confirmed becomes an alarm, in milliseconds.
    static let escalationMilliseconds: Int64 = 10_000

    /// Stops devices: OFF leaves now, and the latch becomes durable beside it, not before it.
    package func stop(_ request: StopRequest, _ reply: @escaping @Sendable (Result<StopReport, ServiceError>) -> Void) {
        if let refusal = unknown(request.scope) { return reply(.failure(refusal)) }
        let moment = loop.moment
        let incident = Incident(
            id: makeIncidentID(), scope: bounded(request.scope),
            reason: request.reason, issuedBy: request.issuedBy, issuedAt: moment.time,
            generation: latch.generation + 1, isDrill: request.isDrill)
        engage(incident, at: moment)
        replyWithReport(reply)
        commitIfIdle()
    }

    /// A scope that can be kept apart from the others; more than can be are one emergency.
    func bounded(_ scope: StopScope) -> StopScope {
        let isKept = latch.incidents.count < Latch.maximumIncidents || latch.incidents.contains { $0.scope == scope }
        return isKept ? scope : .all
    }

    /// Latches an emergency stop and tells everybody whom it covers.
    func engage(_ incident: Incident, at moment: Moment) {
        note(.stopLatched(incident), at: moment)
        open.batch.holdsStop = true
        timings.begin(incident.id, at: moment.uptime)
        if incident.scope == .all { stopEverything(incident) }
        stopDevices(of: incident, after: nil)
        logger.critical(
            incident.isDrill ? "Emergency stop (drill)." : "Emergency stop.",
            metadata: [
                "incident": "\(incident.id)", "scope": "\(incident.scope)", "by": "\(incident.issuedBy)",
                "generation": "\(incident.generation)",
            ])
        escalateLater(incident.id)
    }

    /// A scope that names what is not there is refused: an operator who mistypes a name must know that nothing stopped.
    private func unknown(_ scope: StopScope) -> ServiceError? {
        switch scope {
        case .device(let id): return directory.assumeIsolated { $0.twin(id) } == nil ? .unknownDevice(id) : nil
        case .actuator(let id, let gpio):
            guard let twin = directory.assumeIsolated({ $0.twin(id) }) else { return .unknownDevice(id) }
            return twin.assumeIsolated { $0.actuators[gpio] } == nil ? .unknownActuator(id, gpio) : nil
        case .all, .kaiser, .zone, .subzone, .filter: return nil
        }
    }

    private func stopDevices(of incident: Incident, after id: DeviceID?) {
        // Released while this walk was under way.
        guard latch.incidents.contains(where: { $0.id == incident.id }) else { return }
        let moment = loop.moment
        let surroundings = surroundings
        var twins: [DeviceTwin]
        let isWalk: Bool
        switch incident.scope {
        case .device(let id), .actuator(let id, _):
            twins = [directory.assumeIsolated { $0.twin(id) }].compactMap(\.self)
            isWalk = false
        case .all, .kaiser, .zone, .subzone, .filter:
            twins = directory.assumeIsolated { $0.twins(after: id, limit: Self.stopsPerTurn) }
            isWalk = twins.count == Self.stopsPerTurn
        }
        for twin in twins {
            take(twin.assumeIsolated { $0.stop(incident, surroundings, at: moment) }, from: twin)
            arm(twin)
        }
        guard isWalk, let last = twins.last else { return }
        loop.post {
            self.assumeIsolated { runtime in
                runtime.stopDevices(of: incident, after: last.id)
                runtime.commitIfIdle()
            }
        }
    }

    /// Takes hold of a device that an emergency stop covers and that was not told of it: a new one, or one that says
    /// that it belongs elsewhere now.
    func hold(_ twin: DeviceTwin, _ surroundings: Surroundings, at moment: Moment) {
        guard !latch.incidents.isEmpty else { return }
        let latch = latch
        let missed = twin.assumeIsolated { twin in
            twin.incident(latch).flatMap { twin.state.isHeld(by: $0) ? nil : $0 }
        }
        if let missed {
            take(twin.assumeIsolated { $0.stop(missed, surroundings, at: moment) }, from: twin)
        } else {
            take(twin.assumeIsolated { $0.judgeHeld(surroundings, at: moment) }, from: twin)
        }
    }

    /// An emergency stop that is not confirmed in time becomes an alarm for each device.
    func escalateLater(_ id: IncidentID) {
        _ = loop.schedule(afterMilliseconds: Self.escalationMilliseconds) {
            self.assumeIsolated { $0.escalate(id) }
        }
    }

    private func escalate(_ id: IncidentID) {
        guard phase == .running, let incident = latch.incidents.first(where: { $0.id == id }) else { return }
        let moment = loop.moment
        for twin in directory.assumeIsolated({ $0.all() }) {
            let open = twin.assumeIsolated { $0.unconfirmed(incident) }
            guard !open.isEmpty else { continue }
            let alarm = SafetyAlarm.unconfirmed(twin.id, open)
            take(twin.assumeIsolated { $0.alarm(alarm, at: moment) }, from: twin)
        }
        commitIfIdle()
    }

    func replyWithReport(_ reply: @escaping @Sendable (Result<StopReport, ServiceError>) -> Void) {
        guard standing.takesFacts else { return reply(.success(report(isDurable: false))) }
        open.waiters.append { result in
            self.assumeIsolated { runtime in
                if case .success = result {
                    reply(.success(runtime.report(isDurable: true)))
                } else {
                    reply(.success(runtime.report(isDurable: false)))
                }
            }
        }
    }
}

extension SafetyAlarm {
    fileprivate static func unconfirmed(_ device: DeviceID, _ lines: [StopReport.Line]) -> Self {
        let outputs = lines.prefix(8).map { $0.gpio.map { "gpio \($0)" } ?? "the device" }.joined(separator: ", ")
        let word = lines[0].standing == .offline ? "is not reachable" : "has not confirmed"
        return Self(
            .stopUnconfirmed,
            "\(device) \(word): \(outputs). The order is repeated. Go and look, and cut its power if it runs.")
    }
}

extension DeviceTwin {
    /// Switches off outputs that an emergency stop covers since the device says where they belong.
    ///
    /// One that is not known to be off is told once; its safe state is repeated from then on.
    fileprivate func judgeHeld(_ surroundings: Surroundings, at moment: Moment) -> Decision {
        let held = Dictionary(
            uniqueKeysWithValues: actuators.keys.compactMap { gpio in
                incident(holding: gpio, surroundings.latch).map { (gpio, $0) }
            })
        let isWholeDevice = state.isStopped
        return counted(
            eachActuator(surroundings, at: moment) { state, context in
                guard let incident = held[state.gpio], state.safeState == nil || state.lease != nil else {
                    return ActuatorDecision()
                }
                // A device that is stopped as a whole was told so, and is told again when it is back.
                let isUnknown = state.confirmed == nil && !isWholeDevice
                guard state.isEnergised || isUnknown else { return ActuatorDecision() }
                return state.decideStop(incident, in: context, at: moment)
            }, at: moment)
    }

    /// What an emergency stop covers and has not been seen to obey, unless that was said aloud before.
    fileprivate func unconfirmed(_ incident: Incident) -> [StopReport.Line] {
        let reach = incident.scope.reach(into: stopSubject)
        let due = incident.issuedAt.advanced(byMilliseconds: Runtime.escalationMilliseconds)
        if let last = state.lastAlarm, last.message.kind == .stopUnconfirmed, last.at >= due { return [] }
        guard reach != .nothing else { return [] }
        return stopLines(under: incident, reach).filter { $0.standing != .stopped }
    }
}
