extension Gate {
    /// What a dangerous output asks of people, and a lease of its owner.
    static func confirmation(_ order: Order, _ subject: Subject, at moment: Moment) -> [Evaluation] {
        var found: [Evaluation] = []
        let hazard = subject.kind.limits.hazard
        if hazard >= .confirm, !order.confirmation.isRepetition {
            let seen = order.confirmation.seenRevision
            found.append(
                Evaluation(
                    .confirmation, bound: "revision \(subject.revision), as the output stands now",
                    actual: seen.map { "revision \($0)" } ?? "no revision given", isKept: seen == subject.revision))
        }
        if hazard >= .secondPerson, !order.confirmation.isRepetition {
            found.append(
                Evaluation(
                    .secondPerson, bound: "another person asks for the same within 60 s",
                    actual: order.confirmation.isSeconded ? "another person did" : "one person asks",
                    isKept: order.confirmation.isSeconded))
        }
        if let renewed = order.renews {
            // Its end may have come a moment before the timer that says so.
            let lease = subject.lease.flatMap { moment.uptime < $0.endsAt ? $0 : nil }
            let isOwner = lease.map { $0.command == renewed && $0.owner == order.issuedBy } ?? false
            found.append(
                Evaluation(
                    .leaseOwner, bound: "the lease of \(renewed) lasts and belongs to \(order.issuedBy)",
                    actual: lease.map { "the lease of \($0.command) belongs to \($0.owner)" } ?? "no lease",
                    isKept: isOwner))
        }
        return found
    }

    /// What bounds the level.
    static func level(_ order: Order, _ subject: Subject, at moment: Moment) -> [Evaluation] {
        let limits = subject.kind.limits
        let level = order.drive.level
        let isInRange = level.isFinite && level > 0 && limits.levels.contains(level)
        var found = [
            Evaluation(
                .range,
                bound: limits.levels == 0...1
                    ? "0 < level <= 1" : "\(limits.levels.lowerBound) <= level <= \(limits.levels.upperBound)",
                actual: "\(level)", isKept: isInRange)
        ]
        if let step = limits.resolution {
            let isMultiple = abs((level / step).rounded() * step - level) < 1e-9
            found.append(
                Evaluation(.resolution, bound: "a multiple of \(step)", actual: "\(level)", isKept: isMultiple))
        }
        if let slew = limits.slewPerSecond { found.append(self.slew(slew, level, subject, at: moment)) }
        return found
    }

    /// A level may change by one second's share at once, and after a second by another.
    private static func slew(
        _ slew: Double, _ level: Double, _ subject: Subject, at moment: Moment
    ) -> Evaluation {
        let current = subject.driven?.level ?? 0
        let change = abs(level - current)
        let waited = subject.driven.map { moment.uptime.milliseconds(since: $0.since) } ?? .max
        let isSmall = change <= slew + 1e-9
        let isKept = change < 1e-9 || isSmall && waited >= 1_000
        return Evaluation(
            .slew, bound: "a change of at most \(slew) in a second, from \(current) now",
            actual: "a change of \(change)", isKept: isKept,
            retryAfterMilliseconds: isKept || !isSmall ? nil : max(1, 1_000 - waited))
    }

    /// What bounds how long and how often the output is on.
    static func times(_ order: Order, _ subject: Subject, at moment: Moment) -> [Evaluation] {
        let limits = subject.kind.limits
        let seconds = leaseSeconds(for: order, limits)
        var found = [maxOnTime(seconds, subject, at: moment)]
        if limits.minOnSeconds > 0, !order.confirmation.isRepetition {
            found.append(
                Evaluation(
                    .minOnTime, bound: "at least \(limits.minOnSeconds) s", actual: "\(seconds) s",
                    isKept: seconds >= limits.minOnSeconds))
        }
        if limits.hazard > .none, !order.drive.isCountedByDevice {
            let longest = ActuatorLimits.uncountedLeaseSeconds
            found.append(
                Evaluation(
                    .countedByDevice, bound: "at most \(longest) s: the device does not end it by itself",
                    actual: "\(seconds) s", isKept: seconds <= longest))
        }
        found.append(minOffTime(subject, at: moment))
        if let starts = limits.startsPerHour { found.append(startsPerHour(starts, order, subject, at: moment)) }
        if let rule = limits.coolDown { found.append(coolDown(rule, seconds, subject, at: moment)) }
        found.append(
            Evaluation(
                .safeState, bound: "no unconfirmed OFF",
                actual: subject.isBeingDrivenOff ? "an OFF is unconfirmed" : "none", isKept: !subject.isBeingDrivenOff))
        return found
    }

    private static func maxOnTime(_ seconds: Int, _ subject: Subject, at moment: Moment) -> Evaluation {
        let longest = subject.kind.limits.maxOnSeconds
        // On for a part of a second longer is on for that second.
        let past = subject.duty.onSince.map { Int((moment.uptime.milliseconds(since: $0) + 999) / 1000) } ?? 0
        let isKept = seconds >= 1 && seconds <= longest - min(past, longest)
        return Evaluation(
            .maxOnTime, bound: "1 s ... \(longest) s without a break",
            actual: past == 0 ? "\(seconds) s" : "\(seconds) s, on for \(past) s before", isKept: isKept)
    }

    private static func minOffTime(_ subject: Subject, at moment: Moment) -> Evaluation {
        let restMilliseconds = Int64(subject.kind.limits.minOffSeconds) * 1000
        let rested = subject.duty.lastOff.map { moment.uptime.milliseconds(since: $0.uptime) }
        let rest = rested.map { max(0, restMilliseconds - $0) } ?? 0
        return Evaluation(
            .minOffTime, bound: "off for \(subject.kind.limits.minOffSeconds) s",
            actual: rested.map { "off for \($0) ms" } ?? "not switched off in this run", isKept: rest == 0,
            retryAfterMilliseconds: rest == 0 ? nil : rest)
    }

    private static func startsPerHour(_ most: Int, _ order: Order, _ subject: Subject, at moment: Moment) -> Evaluation
    {
        let hour: Int64 = 3_600_000
        let starts = subject.duty.starts(withinMilliseconds: hour, at: moment.uptime)
        // A command that is repeated was counted when it was let pass.
        let isStart = subject.duty.onSince == nil || subject.mayHaveGoneOff && !order.confirmation.isRepetition
        let isKept = !isStart || starts < most
        // Asking again succeeds when so many of them are an hour old that one fewer than the most is left.
        let last = subject.duty.start(atMost: most, fromLatestWithinMilliseconds: hour, at: moment.uptime)
        return Evaluation(
            .startsPerHour, bound: "at most \(most) starts within an hour", actual: "\(starts) starts",
            isKept: isKept,
            retryAfterMilliseconds: isKept ? nil : last.map { hour - moment.uptime.milliseconds(since: $0) })
    }

    private static func coolDown(
        _ rule: CoolDown, _ seconds: Int, _ subject: Subject, at moment: Moment
    ) -> Evaluation {
        let rest = Int64(rule.restSeconds) * 1000
        let run = subject.duty.runMilliseconds(sinceRestOfMilliseconds: rest, at: moment.uptime)
        let isKept = seconds <= rule.runSeconds - min(rule.runSeconds, Int((run + 999) / 1000))
        // More than the rule ever allows succeeds at no time.
        let left =
            subject.duty.onSince == nil && seconds <= rule.runSeconds
            ? subject.duty.periods.last?.off.map { max(1, rest - moment.uptime.milliseconds(since: $0.uptime)) } : nil
        return Evaluation(
            .coolDown, bound: "at most \(rule.runSeconds) s of on-time, then off for \(rule.restSeconds) s",
            actual: "\(seconds) s, and on for \(run) ms since the last such rest", isKept: isKept,
            retryAfterMilliseconds: isKept ? nil : left ?? nil)
    }
}
