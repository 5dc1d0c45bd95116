extension ActuatorState {
    /// What time or anything that happened around the output means for it: a limit that has to hold while it is on is
    /// broken, or its effect is missing, or shows although it is off.
    public func decideStanding(in context: ActuatorContext, at moment: Moment) -> ActuatorDecision {
        var decision = ActuatorDecision()
        guard safeState == nil else { return decision }
        if isEnergised, context.circumstances.isLatched {
            obeyLatch(&decision, context, at: moment)
        } else if isEnergised {
            judgeStanding(&decision, context, at: moment)
            if decision.events.isEmpty { judgeEffect(&decision, context, at: moment) }
        } else {
            judgeStrayEffect(&decision, context, at: moment)
        }
        return decision
    }

    /// Whether the output is on, or is allowed to be.
    public var isEnergised: Bool { lease != nil || confirmed?.isOn == true || pending?.drive.energises == true }

    /// How the output stands, as far as others need to know.
    public func standing(draw: Draw, at moment: Moment) -> OutputStanding {
        OutputStanding(
            shownOnMilliseconds: shownOnSince.map { moment.uptime.milliseconds(since: $0) },
            isOn: duty.onSince != nil || isEnergised,
            mayBeOn: duty.onSince != nil || safeState != nil || isEnergised, draw: draw)
    }

    /// Drives the output off when a limit is broken that must hold as long as it is on.
    func judgeStanding(_ decision: inout ActuatorDecision, _ context: ActuatorContext, at moment: Moment) {
        let broken = Gate.standing(subject(context), context.circumstances, at: moment).first { !$0.isKept }
        guard let broken else { return }
        // Whoever hung a tag knows that it switches the output off.
        if broken.limit != .lockout {
            decision.events.append(.alarmed(.broken(broken, OutputAddress(device: device, gpio: gpio))))
        }
        end("\(broken.limit.rawValue): \(broken.bound), but \(broken.actual)", .limitBroken, &decision)
        decision.driveOff(
            broken.limit == .lockout ? .lockedOut : .limitBroken(broken.limit), self, context, at: moment)
    }

    /// Switches off an output that an emergency stop holds, and ends what allowed it to be on.
    func obeyLatch(_ decision: inout ActuatorDecision, _ context: ActuatorContext, at moment: Moment) {
        if let pending {
            decision.events.append(
                .commandFinished(pending.record.order.id, .failed("an emergency stop holds the output")))
        }
        if lease != nil { decision.events.append(.leaseEnded(.stopped)) }
        decision.driveOff(.onWhileStopped, self, context, at: moment)
    }

    /// Ends what is under way for a reason of the runtime's own.
    func end(_ reason: String, _ cause: LeaseEnd, _ decision: inout ActuatorDecision) {
        if let pending { decision.events.append(.commandFinished(pending.record.order.id, .failed(reason))) }
        if lease != nil { decision.events.append(.leaseEnded(cause)) }
    }

    /// When a guard's value becomes too old, or an effect is missed; `nil` when never.
    func standingDeadline(in context: ActuatorContext, at moment: Moment) -> Uptime? {
        guard safeState == nil, isEnergised else { return nil }
        var deadlines: [Uptime] = []
        for rule in context.kind.limits.guards {
            for reading in context.circumstances.neighbourhood.readings[rule.sensor] ?? [] {
                let left = Int64(rule.maxAgeSeconds) * 1000 - reading.ageMilliseconds
                deadlines.append(moment.uptime.advanced(byMilliseconds: max(0, left) + 1))
            }
        }
        if let rule = context.kind.limits.effect, let deadline = effectDeadline(rule, context, at: moment) {
            deadlines.append(deadline)
        }
        return deadlines.min()
    }
}

extension ActuatorState {
    /// Hangs a tag on the output and switches it off; a tag of the same person replaces the one before.
    public func decideLockout(_ tag: Lockout, in context: ActuatorContext, at moment: Moment) -> ActuatorDecision {
        var decision = decideSafeState(.lockedOut, in: context, at: moment)
        decision.events.append(.lockedOut(tag))
        return decision
    }

    /// Takes the tag away.
    public func decideLockoutRemoval(by name: String) -> ActuatorDecision {
        lockout == nil ? ActuatorDecision() : ActuatorDecision(events: [.lockoutEnded(.removed(by: name))])
    }
}

extension SafetyAlarm {
    static func broken(_ evaluation: Gate.Evaluation, _ output: OutputAddress) -> Self {
        Self(
            .limitBroken,
            "\(output) was on and \(evaluation.limit.rawValue) does not hold any more: \(evaluation.bound), but "
                + "\(evaluation.actual). It is switched off, and repeated until it is seen off.")
    }

    static func onByItself(_ output: OutputAddress) -> Self {
        Self(
            .onByItself,
            "\(output) shows itself on and nobody allowed it to. It is switched off, and repeated until it is seen "
                + "off. Look for a switch on the device, or another server.")
    }

    static func overdue(_ state: ActuatorState, after seconds: Int) -> Self {
        Self(
            .safeStateOverdue,
            "\(OutputAddress(device: state.device, gpio: state.gpio)) was told OFF and has not shown it for "
                + "\(seconds) s. Go and look, and cut its power if it runs.")
    }
}
