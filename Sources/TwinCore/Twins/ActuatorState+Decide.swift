/// What an actuator's twin concludes: what happened, and what it asks for; nothing has changed yet.
public struct ActuatorDecision: Sendable, Equatable {
    /// What happened, in order.
    public var events: [ActuatorEvent] = []
    /// What is asked for, in order.
    public var requests: [Request] = []
    /// Other outputs that are to be driven off with this one, and why.
    public var closes: [Closing] = []

    /// Puts a decision together.
    public init(events: [ActuatorEvent] = [], requests: [Request] = []) {
        self.events = events
        self.requests = requests
    }

    /// Another output that is to be driven off.
    public struct Closing: Sendable, Equatable {
        /// Which.
        public let output: OutputAddress
        /// Why.
        public let cause: SafeStateCause

        /// Names an output and the cause.
        public init(output: OutputAddress, cause: SafeStateCause) {
            self.output = output
            self.cause = cause
        }
    }
}

/// What an actuator's twin is told about its surroundings when it decides.
public struct ActuatorContext: Sendable, Equatable {
    /// Where its device is reached.
    public var address: DeviceAddress
    /// What kind it is.
    public var kind: ActuatorKind
    /// What the rest of the twin tree contributes to the gate's verdict.
    public var circumstances: Gate.Circumstances
    /// Whether its device has been silent for too long to be told anything over and over, whatever its status.
    public var isDeviceAway: Bool

    /// Puts a context together.
    public init(
        address: DeviceAddress, kind: ActuatorKind, circumstances: Gate.Circumstances, isDeviceAway: Bool = false
    ) {
        self.address = address
        self.kind = kind
        self.circumstances = circumstances
        self.isDeviceAway = isDeviceAway
    }
}

extension ActuatorState {
    /// A device that does not answer within this span is asked again, in milliseconds.
    public static let answerMilliseconds: Int64 = 5_000
    /// A device that shows an output on so long after an OFF has not obeyed it, in milliseconds.
    public static let obeyMilliseconds: Int64 = 500
    /// A command is sent at most this often.
    public static let maximumAttempts = 3
    /// An answered command whose effect no status shows within this span has failed, in milliseconds.
    ///
    /// Devices repeat every status after 30 s.
    public static let effectMilliseconds: Int64 = 35_000
    /// An energising command that is older than this must neither leave nor be obeyed, in milliseconds.
    public static let timeToLiveMilliseconds: Int64 = 5_000
    /// An accepted command that was not handed to the broker within this span is given up, in milliseconds.
    public static let handOverMilliseconds: Int64 = 10_000
    /// How long the first of two persons waits for the second one, in milliseconds.
    public static let secondPersonMilliseconds: Int64 = 60_000
    /// How often OFF is repeated to a device that counts as away; it is told again when it returns.
    static let repeatsWhileOffline = 5

    /// Decides on a command; de-energising passes here, before anything is asked.
    public func decide(on order: CommandOrder, in context: ActuatorContext, at moment: Moment) -> ActuatorDecision {
        switch resolve(order, context.kind) {
        case .off:
            deenergised(by: order, in: context, at: moment)
        case .some(let drive):
            energised(by: order, drive, in: context, at: moment)
        case nil:
            unresolved(order)
        }
    }

    /// Decides on what the device shows.
    public func decide(on status: ActuatorStatus, in context: ActuatorContext, at moment: Moment) -> ActuatorDecision {
        var decision = ActuatorDecision(events: [.reported(status)])
        var next = self
        next.apply(.reported(status), at: moment)
        if let pending = next.pending, pending.isAnswered, pending.isShown {
            let confirmed = ActuatorEvent.commandFinished(pending.record.order.id, .confirmed)
            decision.events.append(confirmed)
            next.apply(confirmed, at: moment)
        }
        if status.provesOff {
            if safeState != nil { decision.events.append(.safeStateConfirmed) }
            // A status that was under way before the command took effect ends nothing.
            if lease != nil, pending == nil { decision.events.append(.leaseEnded(.reportedOff)) }
        } else if status.isOn {
            next.judgeOn(&decision, context, at: moment)
        }
        return decision
    }

    /// Decides whether an output that is shown on is allowed to be.
    private func judgeOn(
        _ decision: inout ActuatorDecision, _ context: ActuatorContext, at moment: Moment
    ) {
        if let safeState {
            // An OFF that it has had time to obey was lost or refused: the next one does not wait for its turn.
            let waited = moment.uptime.milliseconds(since: safeState.lastSentAt.uptime)
            guard waited >= Self.obeyMilliseconds else { return }
            decision.events.append(.safeStateRepeated)
            decision.requests.append(off(for: safeState.cause, context, at: moment))
        } else if context.circumstances.isLatched {
            obeyLatch(&decision, context, at: moment)
        } else if lease == nil, pending == nil, requested != nil {
            decision.events.append(.alarmed(.onByItself(OutputAddress(device: device, gpio: gpio))))
            decision.driveOff(.onWithoutLease, self, context, at: moment)
        } else {
            judgeStanding(&decision, context, at: moment)
        }
    }

    /// Decides on what the device answers.
    public func decide(
        on response: ActuatorResponse, in context: ActuatorContext, at moment: Moment
    ) -> ActuatorDecision {
        var decision = ActuatorDecision(events: [.answered(response)])
        guard let pending, concerns(response) else { return decision }
        let id = pending.record.order.id
        if response.isSuccess {
            if pending.isShown { decision.events.append(.commandFinished(id, .confirmed)) }
        } else {
            decision.fail(pending, "the device refused: \(response.message)", self, context, at: moment)
        }
        return decision
    }

    /// Decides on an alert; some of them say that the output is off, which its next status will prove.
    public func decide(on alert: ActuatorAlert) -> ActuatorDecision {
        var decision = ActuatorDecision(events: [.alerted(alert)])
        if alert.meansOff, lease != nil, pending == nil { decision.events.append(.leaseEnded(.reportedOff)) }
        return decision
    }

    /// An emergency stop: whatever was under way is over, and OFF is sent until it is seen to work.
    public func decideStop(_ incident: Incident, in context: ActuatorContext, at moment: Moment) -> ActuatorDecision {
        var decision = ActuatorDecision()
        if let pending { decision.events.append(.commandFinished(pending.record.order.id, .stopped(incident.id))) }
        if lease != nil { decision.events.append(.leaseEnded(.stopped)) }
        decision.driveOff(.emergencyStop(incident.id), self, context, at: moment)
        return decision
    }

    /// Drives the output to its safe state for a reason of the runtime's own; nothing when it is known to be off.
    public func decideSafeState(
        _ cause: SafeStateCause, in context: ActuatorContext, at moment: Moment
    ) -> ActuatorDecision {
        var decision = ActuatorDecision()
        // What the output showed before somebody else switched it proves nothing.
        let isKnownOff =
            confirmed?.status.provesOff == true && pending == nil && lease == nil && cause != .foreignCommand
        let isDrivenOff = safeState != nil && lease == nil && pending?.drive.energises != true
        guard !isKnownOff, !isDrivenOff else { return decision }
        if let pending {
            decision.events.append(.commandFinished(pending.record.order.id, .failed("\(cause)")))
        }
        if lease != nil { decision.events.append(.leaseEnded(.switchedOff)) }
        decision.driveOff(cause, self, context, at: moment)
        return decision
    }

    /// What a run's end left under way: a command whose fate is unknown is over, and its output is driven off.
    public func decideRestart(in context: ActuatorContext, at moment: Moment) -> ActuatorDecision {
        guard let pending else { return ActuatorDecision() }
        guard safeState != nil else { return decideSafeState(.restarted, in: context, at: moment) }
        let id = pending.record.order.id
        return ActuatorDecision(events: [.commandFinished(id, .failed("the runtime was restarted"))])
    }

    /// The device is back: an unconfirmed OFF is sent again before anything else is said to it.
    ///
    /// A device may refuse even that until it is registered, so the repetitions begin anew, close together.
    public func decideReturn(in context: ActuatorContext, at moment: Moment) -> ActuatorDecision {
        guard let safeState else { return ActuatorDecision() }
        var decision = ActuatorDecision()
        decision.driveOff(safeState.cause, self, context, at: moment)
        return decision
    }

    /// An accepted command could not become durable, so it must not leave.
    public func decideAbort(
        _ id: CommandID, _ outcome: CommandOutcome, in context: ActuatorContext, at moment: Moment
    ) -> ActuatorDecision {
        var decision = ActuatorDecision()
        guard let pending, pending.record.order.id == id else { return decision }
        decision.events.append(.commandFinished(id, outcome))
        guard pending.drive.energises else { return decision }
        if lease != nil { decision.events.append(.leaseEnded(.commandFailed)) }
        // An earlier lease may still have had the output on, and this command's end ended it too.
        decision.driveOff(.commandFailed(id), self, context, at: moment)
        return decision
    }

    /// What the output is to do; `nil` when that depends on what it does now, and nobody knows.
    private func resolve(_ order: CommandOrder, _ kind: ActuatorKind) -> Drive? {
        let drive = drive(for: order, kind)
        // What it renews is asked only of an order that energises: an OFF is an OFF, whatever else it says.
        guard order.renews != nil, drive != .off else { return drive }
        return driven.map { requested?.drive.with(level: $0.level) } ?? .on(level: 1)
    }

    private func drive(for order: CommandOrder, _ kind: ActuatorKind) -> Drive? {
        switch order.verb {
        case .off: return .off
        case .on: return order.value == 0 ? .off : .on(level: order.value ?? 1)
        case .pwm:
            // A missing level is no level: the gate's range refuses it.
            guard let level = order.value, level > 0, level <= 1 else {
                return order.value == 0 ? .off : .pwm(level: order.value ?? .nan)
            }
            // An on/off driver takes half and more as ON, and ends only an ON by itself when its time is up.
            guard kind.semantics == .digital else { return .pwm(level: level) }
            return level >= 0.5 ? .on(level: 1) : .off
        case .toggle:
            guard let confirmed else { return nil }
            return confirmed.isOn ? .off : .on(level: order.value ?? 1)
        }
    }

    private func deenergised(
        by order: CommandOrder, in context: ActuatorContext, at moment: Moment
    ) -> ActuatorDecision {
        var decision = ActuatorDecision()
        if let pending { decision.events.append(.commandFinished(pending.record.order.id, .superseded(by: order.id))) }
        if lease != nil { decision.events.append(.leaseEnded(.switchedOff)) }
        decision.events.append(.commandAccepted(order, .off, leaseSeconds: nil, []))
        decision.requests.append(
            .command(
                Gate.deenergise(
                    gpio, at: context.address, id: order.id, issuedBy: order.issuedBy, issuedAt: moment.time)))
        return decision
    }

    private func energised(
        by order: CommandOrder, _ drive: Drive, in context: ActuatorContext, at moment: Moment
    ) -> ActuatorDecision {
        let verdict = Gate.energise(
            Gate.Order(
                id: order.id, drive: drive, durationSeconds: order.durationSeconds, issuedBy: order.issuedBy,
                timeToLiveMilliseconds: Self.timeToLiveMilliseconds,
                confirmation: Gate.Confirmation(
                    seenRevision: order.seenRevision, isSeconded: isSeconded(by: order, at: moment)),
                renews: order.renews),
            subject(context), context.circumstances, at: moment)
        switch verdict {
        case .refused(let broken, let evaluations):
            return ActuatorDecision(events: [.commandRefused(order, broken.limit, evaluations)])
        case .cleared(let command, let evaluations):
            var decision = ActuatorDecision()
            if let pending {
                decision.events.append(.commandFinished(pending.record.order.id, .superseded(by: order.id)))
            }
            if lease != nil { decision.events.append(.leaseEnded(.renewed)) }
            decision.events.append(
                .commandAccepted(order, drive, leaseSeconds: command.durationSeconds, evaluations))
            decision.requests.append(.command(command))
            return decision
        }
    }

    private func unresolved(_ order: CommandOrder) -> ActuatorDecision {
        let evaluation = Gate.Evaluation(
            .knownState, bound: "the device has shown its output in this run", actual: "unknown", isKept: false)
        return ActuatorDecision(events: [.commandRefused(order, .knownState, [evaluation])])
    }

    func subject(_ context: ActuatorContext) -> Gate.Subject {
        var subject = Gate.Subject(address: context.address, gpio: gpio, kind: context.kind)
        subject.duty = duty
        subject.mayHaveGoneOff = mayHaveGoneOff
        subject.driven = driven
        subject.lease = lease
        subject.lockout = lockout
        subject.revision = revision
        // An output that has to rest begins to rest when its OFF is seen, not when it is asked for; and an ON that
        // overtakes its OFF is a start that nobody counts.
        let limits = context.kind.limits
        subject.isBeingDrivenOff =
            safeState != nil || pending?.drive == .off && (limits.minOffSeconds > 0 || limits.startsPerHour != nil)
        return subject
    }

    /// Whether another person was refused the same order a short while ago for want of a second one.
    private func isSeconded(by order: CommandOrder, at moment: Moment) -> Bool {
        guard let first = lastCommand, first.refusedBy == .secondPerson, first.order.id == order.seconds else {
            return false
        }
        let age = moment.time.milliseconds - first.order.issuedAt.milliseconds
        return first.order.issuedBy != order.issuedBy && first.order.verb == order.verb
            && first.order.value == order.value && first.order.durationSeconds == order.durationSeconds
            && (0...Self.secondPersonMilliseconds).contains(age)
    }

    func off(for cause: SafeStateCause, _ context: ActuatorContext, at moment: Moment) -> Request {
        let id: CommandID
        let issuedBy: String
        if case .emergencyStop(let incident) = cause {
            // The name of a stop that others ordered may be long; what switches off never fails for a name.
            id =
                CommandID(fromOutside: "\(incident):\(device):\(gpio)")
                ?? CommandID("off-\(gpio)-\(moment.time.milliseconds)")
            issuedBy = "doppel:emergency_stop"
        } else {
            id = CommandID("off-\(gpio)-\(moment.time.milliseconds)")
            issuedBy = "doppel:safe_state"
        }
        return .command(
            Gate.deenergise(gpio, at: context.address, id: id, issuedBy: issuedBy, issuedAt: moment.time))
    }
}

extension ActuatorDecision {
    mutating func driveOff(
        _ cause: SafeStateCause, _ state: ActuatorState, _ context: ActuatorContext, at moment: Moment
    ) {
        events.append(.safeStateOrdered(cause))
        requests.append(state.off(for: cause, context, at: moment))
    }

    mutating func fail(
        _ pending: ActuatorState.PendingCommand, _ reason: String, _ state: ActuatorState, _ context: ActuatorContext,
        at moment: Moment
    ) {
        let id = pending.record.order.id
        events.append(.commandFinished(id, .failed(reason)))
        if state.lease != nil { events.append(.leaseEnded(.commandFailed)) }
        driveOff(.commandFailed(id), state, context, at: moment)
    }
}
