extension ActuatorState {
    /// Whether a sensor shows that the output works; without it for the rule's time, the output has failed.
    func judgeEffect(_ decision: inout ActuatorDecision, _ context: ActuatorContext, at moment: Moment) {
        guard let rule = context.kind.limits.effect, let since = shownOnSince else { return }
        if let reading = Self.effect(rule, context, since: since) {
            // One fact now and then is enough to know that it still works.
            let isNews = effect.seenAt.map { reading.receivedAt.milliseconds(since: $0) >= rule.halfMilliseconds }
            if isNews ?? true { decision.events.append(.effectSeen(Self.words(reading, rule))) }
            return
        }
        guard let deadline = effectDeadline(rule, context, at: moment), moment.uptime >= deadline else { return }
        let output = OutputAddress(device: device, gpio: gpio)
        decision.events.append(.alarmed(.noEffect(output, rule)))
        end("it was on and \(rule.sensor) showed no effect for \(rule.withinSeconds) s", .limitBroken, &decision)
        decision.driveOff(.noEffect, self, context, at: moment)
        if let upstream = rule.upstream {
            decision.closes.append(ActuatorDecision.Closing(output: upstream, cause: .feeds(output)))
        }
    }

    /// Whether a sensor shows that the output works although its device shows it off.
    func judgeStrayEffect(_ decision: inout ActuatorDecision, _ context: ActuatorContext, at moment: Moment) {
        guard let rule = context.kind.limits.effect, !effect.isStrayKnown, confirmed?.status.provesOff == true
        else { return }
        // What was measured while the effect may still die away proves nothing; that of an output that was never on
        // in this run was on before it at the latest.
        let quiet = (duty.lastOff?.uptime ?? Uptime(milliseconds: 0)).advanced(
            byMilliseconds: Int64(rule.withinSeconds) * 1000)
        guard let reading = Self.effect(rule, context, since: quiet) else { return }
        let output = OutputAddress(device: device, gpio: gpio)
        decision.events.append(.alarmed(.strayEffect(output, Self.words(reading, rule))))
        decision.driveOff(.effectWithoutCommand, self, context, at: moment)
        if let upstream = rule.upstream {
            decision.closes.append(ActuatorDecision.Closing(output: upstream, cause: .feeds(output)))
        }
    }

    /// When the effect of an output that is on is missed, unless it is seen again; `nil` while it is not shown on.
    func effectDeadline(_ rule: EffectRule, _ context: ActuatorContext, at moment: Moment) -> Uptime? {
        guard let since = shownOnSince else { return nil }
        let within = Int64(rule.withinSeconds) * 1000
        let noted = max(since, effect.seenAt ?? since).advanced(byMilliseconds: within)
        // Not every reading that shows the effect is a fact.
        guard let reading = Self.effect(rule, context, since: since) else { return noted }
        return max(noted, moment.uptime.advanced(byMilliseconds: within - reading.ageMilliseconds))
    }

    /// A reading since then that shows the effect.
    private static func effect(
        _ rule: EffectRule, _ context: ActuatorContext, since: Uptime
    ) -> SensorReading? {
        context.circumstances.neighbourhood.readings[rule.sensor]?.first { reading in
            guard reading.receivedAt > since, reading.ageMilliseconds < Int64(rule.withinSeconds) * 1000 else {
                return false
            }
            return rule.measure(of: reading).map { rule.range.contains($0) } ?? false
        }
    }

    private static func words(_ reading: SensorReading, _ rule: EffectRule) -> String {
        "\(reading.name) shows \(rule.measure(of: reading).map { "\($0)" } ?? "nothing")"
            + (rule.measure == .slopePerMinute ? " per minute" : "")
    }
}

extension EffectRule {
    fileprivate var halfMilliseconds: Int64 { Int64(withinSeconds) * 500 }

    fileprivate func measure(of reading: SensorReading) -> Double? {
        switch measure {
        case .value: reading.value
        case .slopePerMinute: reading.slopePerMinute
        }
    }
}

extension SafetyAlarm {
    fileprivate static func noEffect(_ output: OutputAddress, _ rule: EffectRule) -> Self {
        Self(
            .noEffect,
            "\(output) shows itself on, but \(rule.sensor) showed no effect for \(rule.withinSeconds) s. It is "
                + "switched off\(rule.upstream.map { ", and \($0) which feeds it" } ?? ""). Look for a dry pump, a "
                + "blocked pipe, a blown fuse.")
    }

    fileprivate static func strayEffect(_ output: OutputAddress, _ words: String) -> Self {
        Self(
            .effectWithoutCommand,
            "\(output) shows itself off, but \(words). OFF is sent again. Look for a stuck relay or an open valve, and "
                + "cut its power.")
    }
}
