import Logging
import OrderedCollections
package import TwinCore

extension Runtime {
    /// How many devices are stopped in one turn; the broadcast has reached all of them before.
    static let stopsPerTurn = 512

    /// How many facts may wait for a disk that takes none.
    static let undurableFactLimit = 20_000

    /// Asks the gate for a command; `reply` gets the record when it is durable.
    package func submit(
        _ request: CommandRequest, _ reply: @escaping @Sendable (Result<CommandRecord, ServiceError>) -> Void
    ) {
        guard phase == .running else { return reply(.failure(.notRunning)) }
        guard let twin = directory.assumeIsolated({ $0.twin(request.device) }) else {
            return reply(.failure(.unknownDevice(request.device)))
        }
        if let reason = overflow {
            // Nothing more can be kept until the disk takes facts again. An OFF leaves all the same, unrecorded.
            if isDeenergising(request, twin) { send(unrecordedOff(request.gpio, twin, by: request.issuedBy)) }
            return reply(.failure(.journalUnavailable(reason)))
        }
        let moment = loop.moment
        let surroundings = surroundings
        let order = CommandOrder(
            id: makeCommandID(), verb: request.verb, value: request.value, durationSeconds: request.durationSeconds,
            issuedBy: request.issuedBy, issuedAt: moment.time)
        let decision = twin.assumeIsolated { $0.command(order, on: request.gpio, surroundings, at: moment) }
        guard let decision, let record = decision.commands.last else {
            return reply(.failure(.unknownActuator(request.device, request.gpio)))
        }
        if record.state == .refused { counters.commandsRefused += 1 } else { counters.commandsAccepted += 1 }
        take(decision, from: twin)
        arm(twin)
        answer(record, reply)
        commitIfIdle()
    }

    /// Why no more facts can be kept for now; `nil` when they can.
    var overflow: String? {
        guard closing != nil, open.batch.facts.count >= Self.undurableFactLimit else { return nil }
        if case .failing(let reason, _) = standing { return reason }
        return "\(open.batch.facts.count) facts wait for the disk"
    }

    private func isDeenergising(_ request: CommandRequest, _ twin: DeviceTwin) -> Bool {
        switch request.verb {
        case .off: true
        case .on, .pwm: request.value == 0
        case .toggle: twin.assumeIsolated { $0.isShownOn(request.gpio) }
        }
    }

    private func unrecordedOff(_ gpio: GPIO, _ twin: DeviceTwin, by name: String) -> Request {
        .command(
            Gate.deenergise(
                gpio, at: twin.assumeIsolated { $0.state.address }, id: makeCommandID(), issuedBy: name,
                issuedAt: loop.moment.time))
    }

    /// Switches off what a device shows, where nothing more can be kept.
    func switchOffUnrecorded(_ twin: DeviceTwin, by name: String, where concerns: (GPIO) -> Bool) {
        for gpio in twin.assumeIsolated({ Array($0.actuators.keys) }) where concerns(gpio) {
            send(unrecordedOff(gpio, twin, by: name))
        }
    }

    /// Answers when the record is durable; while the journal takes no facts, an OFF and a refusal, which hold without
    /// it, are answered as they stand.
    private func answer(
        _ record: CommandRecord, _ reply: @escaping @Sendable (Result<CommandRecord, ServiceError>) -> Void
    ) {
        let holdsAnyway = record.leaseSeconds == nil
        if case .failing(let reason, _) = standing {
            return reply(holdsAnyway ? .success(record) : .failure(.journalUnavailable(reason)))
        }
        open.waiters.append { result in
            switch result {
            case .success: reply(.success(record))
            case .failure(let failure):
                reply(holdsAnyway ? .success(record) : .failure(.journalUnavailable(failure.description)))
            }
        }
    }

    /// The command as it stands, or, if it has not ended, when it has ended or the time is up.
    package func finished(
        _ id: CommandID, withinMilliseconds milliseconds: Int64,
        _ reply: @escaping @Sendable (CommandRecord?) -> Void
    ) {
        guard let record = recentCommands[id] else { return reply(nil) }
        if record.state.isFinal || milliseconds <= 0 { return reply(record) }
        let once = Once(reply)
        let token = nextToken
        nextToken += 1
        finishWaiters[id, default: [:]][token] = { once($0) }
        _ = loop.schedule(afterMilliseconds: milliseconds) {
            self.assumeIsolated { runtime in
                runtime.finishWaiters[id]?[token] = nil
                once(runtime.recentCommands[id])
            }
        }
    }

    /// What an operator can say about a device's taking part.
    package enum Admission: Sendable {
        case approve, reject, delete
    }

    /// Lets a device take part, excludes or removes it; `reply` when that is durable.
    package func admit(
        _ id: DeviceID, _ admission: Admission, by name: String,
        _ reply: @escaping @Sendable (Result<TwinView, ServiceError>) -> Void
    ) {
        if phase == .running, overflow != nil, admission != .approve,
            let twin = directory.assumeIsolated({ $0.twin(id) })
        {
            switchOffUnrecorded(twin, by: name) { _ in true }
        }
        guard let twin = twin(for: id, orElse: reply) else { return }
        let moment = loop.moment
        let surroundings = surroundings
        take(
            twin.assumeIsolated {
                switch admission {
                case .approve: $0.approve(by: name, surroundings, at: moment)
                case .reject: $0.reject(by: name, surroundings, at: moment)
                case .delete: $0.delete(by: name, surroundings, at: moment)
                }
            }, from: twin)
        arm(twin)
        self.reply(with: twin, reply)
        commitIfIdle()
    }

    /// Stops devices: OFF leaves now, and the latch becomes durable beside it, not before it.
    package func stop(_ request: StopRequest, _ reply: @escaping @Sendable (Result<StopReport, ServiceError>) -> Void) {
        if case .device(let id) = request.scope, directory.assumeIsolated({ $0.twin(id) }) == nil {
            return reply(.failure(.unknownDevice(id)))
        }
        let moment = loop.moment
        let incident = Incident(
            id: IncidentID("inc-\(hex(UInt32.random(in: .min ... .max, using: &random)))"), scope: request.scope,
            reason: request.reason, issuedBy: request.issuedBy, issuedAt: moment.time)
        note(.stopLatched(incident), at: moment)
        if request.scope == .all { stopEverything(incident) }
        stopDevices(of: incident, after: nil)
        logger.critical(
            "Emergency stop.", metadata: ["incident": "\(incident.id)", "scope": "\(incident.scope)"])
        replyWithReport(reply)
        commitIfIdle()
    }

    private func stopDevices(of incident: Incident, after id: DeviceID?) {
        // Released while this walk was under way.
        guard latch.incidents.contains(where: { $0.id == incident.id }) else { return }
        let moment = loop.moment
        let surroundings = surroundings
        let twins: [DeviceTwin]
        switch incident.scope {
        case .device(let id): twins = [directory.assumeIsolated { $0.twin(id) }].compactMap(\.self)
        case .all: twins = directory.assumeIsolated { $0.twins(after: id, limit: Self.stopsPerTurn) }
        }
        for twin in twins {
            take(twin.assumeIsolated { $0.stop(incident, surroundings, at: moment) }, from: twin)
            arm(twin)
        }
        guard incident.scope == .all, twins.count == Self.stopsPerTurn, let last = twins.last else { return }
        loop.post {
            self.assumeIsolated { runtime in
                runtime.stopDevices(of: incident, after: last.id)
                runtime.commitIfIdle()
            }
        }
    }

    /// Releases every emergency stop; the devices clear one by one, and everything stays off.
    package func clearStops(by name: String, _ reply: @escaping @Sendable (Result<StopReport, ServiceError>) -> Void) {
        guard phase == .running else { return reply(.failure(.notRunning)) }
        if case .failing(let reason, _) = standing { return reply(.failure(.journalUnavailable(reason))) }
        let moment = loop.moment
        for incident in latch.incidents { note(.stopReleased(incident.id, by: name), at: moment) }
        let surroundings = surroundings
        for twin in directory.assumeIsolated({ $0.all() }) {
            take(twin.assumeIsolated { $0.clear(by: name, surroundings, at: moment) }, from: twin)
            arm(twin)
        }
        logger.notice("The emergency stop was released; every output stays off until a fresh command.")
        replyWithReport(reply)
        commitIfIdle()
    }

    private func replyWithReport(_ reply: @escaping @Sendable (Result<StopReport, ServiceError>) -> Void) {
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

    /// An id that no other run made; the prefix says what it is for.
    func makeCommandID(_ prefix: String = "c") -> CommandID {
        let high = UInt64.random(in: .min ... .max, using: &random)
        return CommandID(
            "\(prefix)-\(hex(UInt32(truncatingIfNeeded: high >> 32)))\(hex(UInt32(truncatingIfNeeded: high)))")
    }

    private func hex(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
