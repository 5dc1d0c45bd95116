extension ActuatorState {
    /// Re-bases what counted the past run's uptime; what the output does is unknown until its device speaks.
    ///
    /// A lease keeps the time it had left by the wall clock. Where that clock stands before the lease's beginning, nobody
    /// knows how much is left, so nothing is: each restart would give it its whole time again.
    public mutating func beginRun(at moment: Moment) {
        confirmed = nil
        shownOnSince = nil
        duty.beginRun(wasCommanded: requested != nil, at: moment)
        driven?.since = moment.uptime
        effect.beginRun()
        lockout?.beginRun(at: moment)
        if var lease {
            let left = lease.endTime.milliseconds - moment.time.milliseconds
            let bounded = left > Int64(lease.seconds) * 1000 ? 0 : max(0, left)
            lease.endsAt = moment.uptime.advanced(byMilliseconds: bounded)
            self.lease = lease
        }
        if var safeState {
            safeState.startedAt = Moment(time: safeState.startedAt.time, uptime: moment.uptime)
            safeState.lastSentAt = moment
            safeState.attempts = 0
            safeState.isOverdue = false
            self.safeState = safeState
        }
    }

    /// Takes one fact into the state.
    public mutating func apply(_ event: ActuatorEvent, at moment: Moment) {
        if changesWhatIsSeen(event) { revision += 1 }
        switch event {
        case .reported(let status): applyReport(status, at: moment)
        case .alerted(let alert): lastAlert = alert
        case .confirmationForgotten:
            confirmed = nil
            shownOnSince = nil
        case .commandAccepted(let order, let drive, let leaseSeconds, let evaluations):
            accept(order, drive, leaseSeconds, evaluations, at: moment)
        case .commandRefused(let order, let limit, let evaluations):
            lastCommand = refused(order, limit, evaluations, at: moment)
            keep(order)
        case .commandSent, .commandRetried, .commandAcknowledged: applyProgress(event, at: moment)
        case .answered(let response): applyAnswer(response, at: moment)
        case .commandFinished(let id, let outcome): finish(id, outcome, at: moment)
        case .leaseEnded: lease = nil
        case .safeStateOrdered(let cause):
            driven = nil
            if case .emergencyStop(let incident) = cause { stoppedBy.note(incident) }
            // A device that comes and goes is told anew each time, and has not shown it since the first.
            safeState = SafeStateDrive(
                cause: cause, startedAt: safeState?.startedAt ?? moment, attempts: 1, lastSentAt: moment,
                isOverdue: safeState?.isOverdue ?? false)
        case .safeStateRepeated:
            safeState?.attempts += 1
            safeState?.lastSentAt = moment
        case .safeStateConfirmed: safeState = nil
        case .alarmed(let alarm): applyAlarm(alarm, at: moment)
        case .lockedOut(let tag): lockout = tag
        case .lockoutEnded: lockout = nil
        case .effectSeen(let words):
            effect.see(at: moment.uptime)
            if lastCommand?.order.id == requested?.command { lastCommand?.note("effect", at: moment.time, words) }
        }
    }

    /// Whether an operator who looked at the output before has to look again.
    private func changesWhatIsSeen(_ event: ActuatorEvent) -> Bool {
        switch event {
        case .reported(let status):
            confirmed?.status.state != status.state || confirmed?.status.level != status.level
        case .confirmationForgotten, .commandAccepted, .leaseEnded, .safeStateOrdered, .safeStateConfirmed,
            .lockedOut, .lockoutEnded:
            true
        case .alerted, .commandRefused, .commandSent, .commandRetried, .commandAcknowledged, .answered,
            .commandFinished, .safeStateRepeated, .alarmed, .effectSeen:
            false
        }
    }

    private mutating func applyAlarm(_ alarm: SafetyAlarm, at moment: Moment) {
        lastAlarm = Received(alarm, at: moment.time)
        switch alarm.kind {
        case .safeStateOverdue: safeState?.isOverdue = true
        case .effectWithoutCommand: effect.isStrayKnown = true
        case .noEffect:
            if lastCommand?.order.id == requested?.command {
                lastCommand?.state = .failed
                lastCommand?.note("failed", at: moment.time, alarm.detail)
            }
        case .limitBroken, .onByItself, .retainedCommand, .foreignCommand, .siteClaimed, .stopUnconfirmed,
            .quarantined:
            break
        }
    }

    /// Keeps the key of an order, so that the same key gets the same answer.
    private mutating func keep(_ order: CommandOrder) {
        guard let key = order.idempotencyKey else { return }
        keys.removeAll { $0.key == key }
        keys.append(KeyedCommand(key: key, order: order))
        if keys.count > Self.maximumKeys { keys.removeFirst() }
    }

    /// The record of the command that an event just changed; `nil` when it changed none.
    public func record(changedBy event: ActuatorEvent) -> CommandRecord? {
        switch event {
        case .commandAccepted, .commandSent, .commandRetried, .commandAcknowledged: pending?.record
        case .commandRefused, .commandFinished: lastCommand
        case .answered(let response): concerns(response) ? pending?.record : nil
        case .reported: pending?.isShown == true ? pending?.record : nil
        case .effectSeen, .alarmed: lastCommand?.order.id == requested?.command ? lastCommand : nil
        case .alerted, .confirmationForgotten, .leaseEnded, .safeStateOrdered, .safeStateRepeated,
            .safeStateConfirmed, .lockedOut, .lockoutEnded:
            nil
        }
    }

    /// Whether a response answers the command under way; one without an id answers whatever is under way.
    func concerns(_ response: ActuatorResponse) -> Bool {
        guard let pending else { return false }
        return response.command == nil || response.command == pending.record.order.id
    }

    private mutating func applyReport(_ status: ActuatorStatus, at moment: Moment) {
        applyDuty(status, at: moment)
        type = status.type
        confirmed = Confirmed(status: status, at: moment)
        guard var pending, pending.lastSentAt != nil else { return }
        let isShown = shows(pending.drive, status)
        if isShown, !pending.isShown {
            pending.record.note("shown", at: moment.time, "status: \(status.state.rawValue), level \(status.level)")
        }
        pending.isShown = isShown
        self.pending = pending
    }

    private mutating func applyDuty(_ status: ActuatorStatus, at moment: Moment) {
        if status.provesOff {
            shownOnSince = nil
            // Unknown until now counts as on, once it was on or commanded: the rest begins when off is seen.
            let mayHaveBeenOn = requested != nil || duty.onSince != nil
            // A status that was under way before the command took effect ends nothing.
            let endsOnTime = pending?.drive.energises != true
            // What was let on and never shown on has gone off all the same.
            let hasGoneOff = confirmed?.status.provesOff != true || endsOnTime && duty.onSince != nil
            if mayHaveBeenOn, hasGoneOff { duty.rest(from: moment) }
            if endsOnTime { duty.end(at: moment) }
        } else if status.isOn {
            if shownOnSince == nil {
                shownOnSince = moment.uptime
                effect.begin()
            }
            duty.begin(at: moment)
        } else {
            // Neither on nor off: others that need it on cannot count on it.
            shownOnSince = nil
        }
    }

    /// Whether the output was shown off since it last started, by a status that may be older than that.
    var mayHaveGoneOff: Bool {
        guard let confirmed, confirmed.status.provesOff, let start = duty.latestStart else { return false }
        return duty.onSince != nil && confirmed.at.uptime > start
    }

    /// Digital outputs cannot show half a level, so on or off is what counts.
    private func shows(_ drive: Drive, _ status: ActuatorStatus) -> Bool {
        switch drive {
        case .off: status.provesOff
        case .on, .pwm: status.isOn
        }
    }

    private mutating func accept(
        _ order: CommandOrder, _ drive: Drive, _ leaseSeconds: Int?, _ evaluations: [Gate.Evaluation],
        at moment: Moment
    ) {
        var record = CommandRecord(
            device: device, gpio: gpio, order: order, state: .accepted, refusedBy: nil, evaluations: evaluations,
            leaseSeconds: leaseSeconds)
        record.note(
            "accepted", at: moment.time, drive.energises ? "the gate let it pass" : "de-energising always passes")
        keep(order)
        requested = Requested(command: order.id, drive: drive, issuedBy: order.issuedBy, at: moment.time)
        if drive.energises {
            stoppedBy = []
            if driven?.level != drive.level { driven = Driven(level: drive.level, since: moment.uptime) }
            duty.begin(at: moment, mayHaveGoneOff: mayHaveGoneOff)
        } else {
            driven = nil
        }
        pending = PendingCommand(
            record: record, drive: drive, acceptedAt: moment, attempts: 1, lastSentAt: nil, isAnswered: false,
            isShown: false)
        lease = leaseSeconds.map { seconds in
            Lease(
                command: order.id, owner: order.issuedBy, startedAt: moment, seconds: seconds,
                endsAt: moment.uptime.advanced(byMilliseconds: Int64(seconds) * 1000))
        }
    }

    private func refused(
        _ order: CommandOrder, _ limit: Gate.Limit, _ evaluations: [Gate.Evaluation], at moment: Moment
    ) -> CommandRecord {
        var record = CommandRecord(
            device: device, gpio: gpio, order: order, state: .refused, refusedBy: limit, evaluations: evaluations,
            leaseSeconds: nil)
        record.note("refused", at: moment.time, "limit \(limit.rawValue)")
        return record
    }

    private mutating func applyProgress(_ event: ActuatorEvent, at moment: Moment) {
        guard var pending else { return }
        switch event {
        case .commandSent(pending.record.order.id, let attempt):
            pending.lastSentAt = moment
            pending.record.state = .sent
            pending.record.note("sent", at: moment.time, "attempt \(attempt), handed to the broker")
        case .commandRetried(pending.record.order.id, let attempt):
            pending.attempts = attempt
            pending.lastSentAt = moment
            pending.record.note("retried", at: moment.time, "no answer in time; attempt \(attempt)")
        case .commandAcknowledged(pending.record.order.id):
            if pending.record.state == .sent { pending.record.state = .acknowledged }
            pending.record.note("acknowledged", at: moment.time, "the broker confirmed it")
        default: return  // About a command that is over.
        }
        self.pending = pending
    }

    private mutating func applyAnswer(_ response: ActuatorResponse, at moment: Moment) {
        lastResponse = response
        guard var pending, concerns(response) else { return }
        pending.isAnswered = response.isSuccess
        pending.record.state = .answered
        let flags = response.flags.isEmpty ? "" : " (\(response.flags.joined(separator: "; ")))"
        pending.record.note(
            "answered", at: moment.time, "\(response.isSuccess ? "success" : "failure"): \(response.message)\(flags)")
        self.pending = pending
    }

    private mutating func finish(_ id: CommandID, _ outcome: CommandOutcome, at moment: Moment) {
        guard var record = pending?.record, record.order.id == id else { return }
        pending = nil
        switch outcome {
        case .confirmed:
            record.state = .confirmed
            record.note("confirmed", at: moment.time, "the device's status shows the effect")
        case .failed(let reason):
            record.state = .failed
            record.note("failed", at: moment.time, reason)
        case .superseded(let other):
            record.state = .superseded
            record.note("superseded", at: moment.time, "by command \(other)")
        case .stopped(let incident):
            record.state = .stopped
            record.note("stopped", at: moment.time, "by emergency stop \(incident)")
        case .expired:
            record.state = .expired
            record.note("expired", at: moment.time, "it could not leave in time and was not sent")
        }
        lastCommand = record
    }
}
