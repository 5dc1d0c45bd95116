import Logging
import OrderedCollections
package import TwinCore

extension Runtime {
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
        doubtAfterPause()
        let moment = loop.moment
        let surroundings = surroundings
        let order = CommandOrder(
            id: makeCommandID(), verb: request.verb, value: request.value, durationSeconds: request.durationSeconds,
            issuedBy: request.issuedBy, issuedAt: moment.time, renews: request.renews,
            seenRevision: request.seenRevision, seconds: request.seconds, idempotencyKey: request.idempotencyKey)
        if let earlier = earlierAnswer(to: order, isOff: isDeenergising(request, twin), on: request.gpio, twin) {
            return repeatAnswer(earlier, reply)
        }
        let decision = twin.assumeIsolated { $0.command(order, on: request.gpio, surroundings, at: moment) }
        guard let decision else { return reply(.failure(.unknownActuator(request.device, request.gpio))) }
        guard let record = decision.commands.last else {
            take(decision, from: twin)
            commitIfIdle()
            return reply(.failure(.unsuitable(decision.failure?.description ?? "the twin decided nothing")))
        }
        if record.state == .refused { counters.commandsRefused += 1 } else { counters.commandsAccepted += 1 }
        take(decision, from: twin)
        arm(twin)
        answer(record, reply)
        commitIfIdle()
    }

    /// What came of an earlier order with the same key; `nil` when there is no key, or it is new.
    private func earlierAnswer(
        to order: CommandOrder, isOff: Bool, on gpio: GPIO, _ twin: DeviceTwin
    ) -> Result<CommandRecord, ServiceError>? {
        guard let key = order.idempotencyKey, let earlier = twin.assumeIsolated({ $0.order(withKey: key, on: gpio) })
        else { return nil }
        guard earlier.asksTheSame(as: order) else {
            // No key is worth a refused OFF.
            return isOff ? nil : .failure(.keyReused(key))
        }
        // What was switched on again since is switched off again; a TOGGLE that is repeated is the same one.
        if isOff, order.verb != .toggle, twin.assumeIsolated({ $0.isEnergised(gpio) }) { return nil }
        if let record = twin.assumeIsolated({ $0.record(earlier.id, on: gpio) }) ?? recentCommands[earlier.id] {
            return .success(record)
        }
        return .failure(.alreadyAnswered(earlier.id))
    }

    /// Repeats an answer once what it rests on is durable, like the first time.
    private func repeatAnswer(
        _ earlier: Result<CommandRecord, ServiceError>,
        _ reply: @escaping @Sendable (Result<CommandRecord, ServiceError>) -> Void
    ) {
        guard case .success(let record) = earlier, !standing.isIdle else { return reply(earlier) }
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

    /// An id that no other run made; the prefix says what it is for.
    func makeCommandID(_ prefix: String = "c") -> CommandID {
        let high = UInt64.random(in: .min ... .max, using: &random)
        return CommandID(
            "\(prefix)-\(hex(UInt32(truncatingIfNeeded: high >> 32)))\(hex(UInt32(truncatingIfNeeded: high)))")
    }

    func makeIncidentID() -> IncidentID {
        IncidentID("inc-\(hex(UInt32.random(in: .min ... .max, using: &random)))")
    }

    func hex(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
