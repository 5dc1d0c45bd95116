extension DeviceState {
    /// Decides whether the device is asked for something; what de-energises is asked for in every state.
    ///
    /// Facts hold no secrets but one: the token that the device will want to see in emergency orders.
    ///
    /// - Throws: Why not, and what would be right.
    public func decideOperation(
        _ operation: Operation, in context: DeviceContext, at moment: Moment
    ) throws(OperationRefusal) -> DeviceDecision {
        if let refusal = refusal(of: operation, in: context) { throw refusal }
        var decision = asked(operations.decideAcceptance(of: operation))
        if case .setEmergencyToken(let token, let use) = operation.kind {
            decision.events.append(.token(.sent(token, use)))
        }
        decision.requests.append(.operate(address, operation))
        return decision
    }

    /// Whether an operation switches an output off, so that the output's own orders end with it.
    ///
    /// An output of which nobody knows the subzone belongs to each that is isolated.
    public func isSwitchedOff(_ gpio: GPIO, by kind: Operation.Kind) -> Bool {
        switch kind {
        case .enterSafeMode: return true
        case .isolateSubzone(let id, true, _):
            let known = [configuration.desired, configuration.reported].compactMap { $0.subzones[id]?.gpios }
            return known.isEmpty || known.contains { $0.contains(gpio) }
        case .measure, .status, .diagnostics, .readConfiguration, .leaveSafeMode, .setLogLevel, .scanOneWire,
            .factoryReset, .setEmergencyToken, .updateCredentials, .isolateSubzone(_, false, _):
            return false
        }
    }

    /// Whether an operation that waited for its cause to be durable may still leave.
    ///
    /// - Returns: `nil` when it may; otherwise why not, for ``operationFailed(_:_:)``.
    public func whyNotToSend(_ operation: Operation, in context: DeviceContext) -> String? {
        guard let record = operations[operation.id], !record.state.isFinal else { return "it is over" }
        return statusRefusal(of: operation.kind, in: context)?.detail
    }

    /// An operation was handed to the broker.
    public func operationSent(_ id: CommandID) -> DeviceDecision {
        guard operations[id]?.state == .accepted else { return DeviceDecision() }
        return DeviceDecision(events: [.operation(.sent(id))])
    }

    /// An operation must not or cannot leave.
    public func operationFailed(_ id: CommandID, _ reason: String) -> DeviceDecision {
        guard let record = operations[id], !record.state.isFinal else { return DeviceDecision() }
        return DeviceDecision(events: [.operation(.failed(id, reason))])
    }

    private func refusal(of operation: Operation, in context: DeviceContext) -> OperationRefusal? {
        if let problem = operation.kind.problem { return OperationRefusal(.invalid, problem) }
        if operation.kind.deenergises { return nil }
        if let refusal = statusRefusal(of: operation.kind, in: context) { return refusal }
        if case .setEmergencyToken(let token, let use) = operation.kind,
            let refusal = tokenRefusal(of: token, use, in: context)
        {
            return refusal
        }
        guard operations.isFull else { return nil }
        return OperationRefusal(
            .tooMany, "\(id) has \(OperationLedger.maximumOperations) operations under way; wait until one is over")
    }

    /// Whether the device takes such an operation where it stands.
    private func statusRefusal(of kind: Operation.Kind, in context: DeviceContext) -> OperationRefusal? {
        if kind.deenergises { return nil }
        switch status {
        case .online: break
        case .pendingApproval where kind.isTakenWhilePending: break
        case .pendingApproval:
            return OperationRefusal(.notApproved, "\(id) waits for approval and takes only questions; approve it first")
        case .approved:
            return OperationRefusal(.deviceOffline, "\(id) has not spoken since the runtime started; wait for it")
        case .offline: return OperationRefusal(.deviceOffline, "\(id) is offline; wait until it is back")
        case .rejected: return OperationRefusal(.deviceRejected, "\(id) was rejected; approve it first")
        case .deleted: return OperationRefusal(.deviceDeleted, "\(id) was removed; approve it first")
        }
        guard isStopped || context.isHeld, kind.releasesOutputs else { return nil }
        return OperationRefusal(.emergencyStop, "an emergency stop holds \(id); clear it first")
    }

    private func tokenRefusal(
        of token: EmergencyToken, _ use: TokenUse, in context: DeviceContext
    ) -> OperationRefusal? {
        let isUnderWay = operations.underWay.contains { record in
            if case .setEmergencyToken(_, use) = record.operation.kind { true } else { false }
        }
        if isUnderWay {
            return OperationRefusal(.underWay, "\(id) has not answered the last change of this token; wait for it")
        }
        guard use == .broadcast, token != context.broadcastToken else { return nil }
        return OperationRefusal(
            .tokenMismatch,
            "with this token \(id) would not obey a stop of everything; set it as the site's broadcast token first")
    }
}
