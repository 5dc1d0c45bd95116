package import TwinCore

extension Runtime {
    /// Asks a device to do something beside switching outputs; `reply` gets the record when it is durable.
    ///
    /// What de-energises is asked for whether or not it can be kept.
    package func operate(
        _ request: OperationRequest, _ reply: @escaping @Sendable (Result<OperationRecord, ServiceError>) -> Void
    ) {
        guard phase == .running else { return reply(.failure(.notRunning)) }
        guard let twin = directory.assumeIsolated({ $0.twin(request.device) }) else {
            return reply(.failure(.unknownDevice(request.device)))
        }
        let moment = loop.moment
        let operation = Operation(
            id: makeCommandID("o"), kind: request.kind, issuedBy: request.by, issuedAt: moment.time)
        if let reason = overflow {
            if operation.kind.deenergises {
                let device = twin.assumeIsolated { $0.state }
                switchOffUnrecorded(twin, by: request.by) { device.isSwitchedOff($0, by: operation.kind) }
                send(.operate(device.address, operation))
            }
            return reply(.failure(.journalUnavailable(reason)))
        }
        let surroundings = surroundings
        switch twin.assumeIsolated({ $0.operate(operation, surroundings, at: moment) }) {
        case .failure(let refusal): return reply(.failure(.operationRefused(refusal)))
        case .success(let decision):
            take(decision, from: twin)
            arm(twin)
        }
        answer(operation, of: twin, reply)
        commitIfIdle()
    }

    /// Answers when the record is durable; what switches off holds without it, and is answered as it stands.
    private func answer(
        _ operation: Operation, of twin: DeviceTwin,
        _ reply: @escaping @Sendable (Result<OperationRecord, ServiceError>) -> Void
    ) {
        let id = operation.id
        let answer: @Sendable (Result<Void, ServiceError>) -> Void = { result in
            let record = twin.assumeIsolated { $0.state.operations[id] }
            guard let record else { return reply(.failure(.unsuitable("\(id) is forgotten already"))) }
            reply(operation.kind.deenergises ? .success(record) : result.map { record })
        }
        if operation.kind.deenergises, !standing.takesFacts { return answer(.success(())) }
        whenDurable(answer)
    }

    /// The operation as it stands, or, if it has not ended, when it has ended or the time is up.
    func finishedOperation(
        _ id: CommandID, of device: DeviceID, withinMilliseconds milliseconds: Int64,
        _ reply: @escaping @Sendable (OperationRecord?) -> Void
    ) {
        guard let twin = directory.assumeIsolated({ $0.twin(device) }),
            let record = twin.assumeIsolated({ $0.state.operations[id] })
        else { return reply(nil) }
        if record.state.isFinal || milliseconds <= 0 { return reply(record) }
        let once = Once(reply)
        let token = nextToken
        nextToken += 1
        let key = OperationKey(device: device, id: id)
        operationWaiters[key, default: [:]][token] = { once($0) }
        _ = loop.schedule(afterMilliseconds: milliseconds) {
            self.assumeIsolated { runtime in
                runtime.operationWaiters[key]?[token] = nil
                if runtime.operationWaiters[key]?.isEmpty == true { runtime.operationWaiters[key] = nil }
                once(twin.assumeIsolated { $0.state.operations[id] })
            }
        }
    }

    /// Tells who waits for operations that ended with these facts.
    func tellOperationWaiters(_ facts: [Fact]) {
        guard !operationWaiters.isEmpty else { return }
        for fact in facts {
            guard case .device(.operation(let event)) = fact.event, let id = event.endedID, let device = fact.device,
                let waiters = operationWaiters.removeValue(forKey: OperationKey(device: device, id: id))
            else { continue }
            let record = directory.assumeIsolated { $0.twin(device) }?.assumeIsolated { $0.state.operations[id] }
            for token in waiters.keys.sorted() { if let record { waiters[token]?(record) } }
        }
    }

    /// Lets an operation leave whose cause is durable, if it still may.
    func release(_ operation: Operation, to address: DeviceAddress) {
        guard let twin = directory.assumeIsolated({ $0.twin(address.device) }) else { return }
        let surroundings = surroundings
        var obstacle = twin.assumeIsolated { $0.whyNotToSend(operation, surroundings) }
        if obstacle == nil, !send(.operate(address, operation)) { obstacle = "the connection to the broker is down" }
        guard let obstacle else { return }
        fail(operation, of: address.device, obstacle)
        loop.post { self.assumeIsolated { $0.commitIfIdle() } }
    }

    /// Ends an operation that must not or cannot leave.
    func fail(_ operation: Operation, of device: DeviceID, _ reason: String) {
        guard let twin = directory.assumeIsolated({ $0.twin(device) }) else { return }
        let moment = loop.moment
        take(twin.assumeIsolated { $0.operationFailed(operation.id, reason, at: moment) }, from: twin)
        arm(twin)
    }

    /// Takes in that an operation was handed to the broker.
    func noteSent(_ operation: Operation, to device: DeviceID) {
        guard let twin = directory.assumeIsolated({ $0.twin(device) }) else { return }
        let moment = loop.moment
        take(twin.assumeIsolated { $0.operationSent(operation.id, at: moment) }, from: twin)
        arm(twin)
        loop.post { self.assumeIsolated { $0.commitIfIdle() } }
    }
}

extension OperationEvent {
    /// The operation that is over with this; `nil` for an event that ends none.
    var endedID: CommandID? {
        switch self {
        case .answered(let id, _, _, _), .failed(let id, _), .unanswered(let id): id
        case .accepted, .sent, .repeated, .stray, .strayMeasurement: nil
        }
    }
}
