extension ActuatorState {
    /// What time alone brings: the end of a lease, a command nobody answered, an OFF nobody confirmed.
    public func decideOnTime(in context: ActuatorContext, at moment: Moment) -> ActuatorDecision {
        var decision = ActuatorDecision()
        if let pending, let deadline = deadline(of: pending), moment.uptime >= deadline {
            decideOnOverdue(pending, &decision, context, at: moment)
        }
        if let lease, moment.uptime >= lease.endsAt, !decision.endsLease {
            if let pending, !decision.endsCommand {
                decision.events.append(.commandFinished(pending.record.order.id, .failed("its lease is over")))
            }
            decision.events.append(.leaseEnded(.expired))
            if confirmed?.status.provesOff != true || pending != nil {
                decision.driveOff(.leaseExpired, self, context, at: moment)
            }
        }
        if let safeState, let deadline = deadline(of: safeState, context), moment.uptime >= deadline {
            decision.events.append(.safeStateRepeated)
            decision.requests.append(off(for: safeState.cause, context, at: moment))
        }
        if let overdue = overdueDeadline(context.kind.limits), moment.uptime >= overdue {
            decision.events.append(.alarmed(.overdue(self, after: context.kind.limits.safeWithinSeconds)))
        }
        if let lockout, moment.uptime >= lockout.endsAt { decision.events.append(.lockoutEnded(.expired)) }
        if decision.events.isEmpty { decision = decideStanding(in: context, at: moment) }
        return decision
    }

    /// Whether time alone may bring anything for the output.
    public var hasDeadline: Bool { isEnergised || pending != nil || safeState != nil || lockout != nil }

    /// When ``decideOnTime(in:at:)`` next has something to say; `nil` when never.
    public func nextDeadline(in context: ActuatorContext, at moment: Moment) -> Uptime? {
        let isDeviceAway = context.isDeviceAway || context.circumstances.deviceStatus == .offline
        var deadlines = [
            overdueDeadline(context.kind.limits), lockout?.endsAt, standingDeadline(in: context, at: moment),
        ].compactMap(\.self)
        if let pending, let deadline = deadline(of: pending) { deadlines.append(deadline) }
        if let lease { deadlines.append(lease.endsAt) }
        if let safeState, let deadline = deadline(of: safeState, isDeviceAway: isDeviceAway) {
            deadlines.append(deadline)
        }
        return deadlines.min()
    }

    /// When an OFF that no status shows becomes an alarm; `nil` when it did, or there is none.
    private func overdueDeadline(_ limits: ActuatorLimits) -> Uptime? {
        guard let safeState, !safeState.isOverdue else { return nil }
        return safeState.startedAt.uptime.advanced(byMilliseconds: Int64(limits.safeWithinSeconds) * 1000)
    }

    private func deadline(of pending: PendingCommand) -> Uptime? {
        guard let sent = pending.lastSentAt else {
            return pending.acceptedAt.uptime.advanced(byMilliseconds: Self.handOverMilliseconds)
        }
        return sent.uptime.advanced(
            byMilliseconds: pending.isAnswered ? Self.effectMilliseconds : Self.answerMilliseconds)
    }

    private func deadline(of safeState: SafeStateDrive, _ context: ActuatorContext) -> Uptime? {
        deadline(
            of: safeState, isDeviceAway: context.isDeviceAway || context.circumstances.deviceStatus == .offline)
    }

    private func deadline(of safeState: SafeStateDrive, isDeviceAway: Bool) -> Uptime? {
        if isDeviceAway, safeState.attempts >= Self.repeatsWhileOffline { return nil }
        return safeState.lastSentAt.uptime.advanced(
            byMilliseconds: DeviceState.repeatDelayMilliseconds(max(0, safeState.attempts - 1)))
    }

    private func decideOnOverdue(
        _ pending: PendingCommand, _ decision: inout ActuatorDecision, _ context: ActuatorContext, at moment: Moment
    ) {
        let id = pending.record.order.id
        if pending.lastSentAt == nil {
            decision.fail(pending, "it was not handed to the broker in time", self, context, at: moment)
        } else if pending.isAnswered {
            decision.fail(pending, "the device answered, and no status shows the effect", self, context, at: moment)
        } else if pending.isShown {
            decision.events.append(.commandFinished(id, .confirmed))
        } else if pending.attempts >= Self.maximumAttempts {
            decision.fail(pending, "no answer to \(pending.attempts) attempts", self, context, at: moment)
        } else {
            retry(pending, &decision, context, at: moment)
        }
    }

    /// Sends the command once more; an energising one has to pass the gate again, with what is left of its lease.
    private func retry(
        _ pending: PendingCommand, _ decision: inout ActuatorDecision, _ context: ActuatorContext, at moment: Moment
    ) {
        let order = pending.record.order
        let retried = ActuatorEvent.commandRetried(order.id, attempt: pending.attempts + 1)
        guard pending.drive.energises else {
            decision.events.append(retried)
            decision.requests.append(
                .command(
                    Gate.deenergise(
                        gpio, at: context.address, id: order.id, issuedBy: order.issuedBy, issuedAt: moment.time)))
            return
        }
        let left = (lease?.endsAt.milliseconds(since: moment.uptime) ?? 0) / 1000
        let verdict = Gate.energise(
            Gate.Order(
                id: order.id, drive: pending.drive, durationSeconds: Int(left), issuedBy: order.issuedBy,
                timeToLiveMilliseconds: Self.timeToLiveMilliseconds,
                confirmation: Gate.Confirmation(isRepetition: true)),
            subject(context), context.circumstances, at: moment)
        switch verdict {
        case .refused(let broken, _):
            decision.fail(
                pending, "no answer, and the gate refused another attempt: \(broken.limit.rawValue)", self, context,
                at: moment)
        case .cleared(let command, _):
            decision.events.append(retried)
            decision.requests.append(.command(command))
        }
    }
}

extension ActuatorDecision {
    fileprivate var endsLease: Bool {
        events.contains { event in
            if case .leaseEnded = event { true } else { false }
        }
    }

    fileprivate var endsCommand: Bool {
        events.contains { event in
            if case .commandFinished = event { true } else { false }
        }
    }
}
