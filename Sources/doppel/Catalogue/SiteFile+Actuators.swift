import TwinCore

extension ActuatorOverride {
    /// The override that was read; sensors are named by their kinds' canonical words where kinds are known.
    init(_ members: FormMembers, _ limits: FormMembers, _ known: Catalogue?) {
        let guards = limits.list("guards").compactMap(SensorGuard.init).map { rule in
            var rule = rule
            rule.sensor = rule.sensor.canonical(known)
            return rule
        }
        var effect = limits.group("effect").flatMap(EffectRule.init)
        if let sensor = effect?.sensor { effect?.sensor = sensor.canonical(known) }
        self.init(
            defaultLeaseSeconds: members.integer("default_seconds"), maxOnSeconds: members.integer("max_on_seconds"),
            minOffSeconds: members.integer("min_off_seconds"), levels: limits.range("levels"),
            slewPerSecond: limits.number("slew_per_second"), minOnSeconds: members.integer("min_on_seconds"),
            startsPerHour: limits.integer("starts_per_hour"),
            coolDown: limits.group("cool_down").flatMap(CoolDown.init), guards: guards,
            hazard: limits.word("hazard"), draw: Draw(limits), effect: effect,
            safeWithinSeconds: limits.integer("safe_within_seconds"))
    }

    /// Everything in it that its kind does not allow, and what it makes impossible.
    ///
    /// - Parameter members: Where it was read.
    func widenings(of kind: ActuatorKind, _ members: FormMembers) -> [Problem] {
        // Where the site says nothing of its own, what is wrong is said of the actuator as a whole.
        let limits = members.group("limits") ?? members
        let base = kind.limits
        var problems = onTimeWidenings(kind, members)
        func note(_ name: String, _ isWider: Bool, _ word: String, _ bound: String) {
            guard isWider else { return }
            problems.append(limits.problem(name, "must be \(word) that of the kind '\(kind.name)', \(bound)"))
        }
        if let levels {
            note(
                "levels", levels.clamped(to: base.levels) != levels, "within",
                "[\(base.levels.lowerBound), \(base.levels.upperBound)]")
        }
        if let most = base.slewPerSecond { note("slew_per_second", slewPerSecond ?? 0 > most, "at most", "\(most)") }
        if let most = base.startsPerHour { note("starts_per_hour", startsPerHour ?? 0 > most, "at most", "\(most)") }
        if let rule = base.coolDown, let coolDown {
            note(
                "cool_down", coolDown.runSeconds > rule.runSeconds || coolDown.restSeconds < rule.restSeconds,
                "no looser than", "\(rule.restSeconds) s of rest after \(rule.runSeconds) s")
        }
        note("hazard", hazard ?? .secondPerson < base.hazard, "at least", "'\(base.hazard.rawValue)'")
        note(
            "safe_within_seconds", safeWithinSeconds ?? 0 > base.safeWithinSeconds, "at most",
            "\(base.safeWithinSeconds)")
        let most = ActuatorLimits.maximumGuards - base.guards.count
        if guards.count > most {
            let why = "the kind '\(kind.name)' has \(base.guards.count), and \(ActuatorLimits.maximumGuards) are judged"
            problems.append(limits.problem("guards", "may be \(most) at most: \(why)"))
        }
        return problems.isEmpty ? kind.narrowed(by: self).limits.contradictions(members, limits) : problems
    }

    private func onTimeWidenings(_ kind: ActuatorKind, _ members: FormMembers) -> [Problem] {
        let base = kind.limits
        var problems: [Problem] = []
        func note(_ name: String, _ isWider: Bool, _ text: String) {
            if isWider { problems.append(members.problem(name, text)) }
        }
        let of = "that of the kind '\(kind.name)',"
        note(
            "max_on_seconds", maxOnSeconds ?? 0 > base.maxOnSeconds, "must be at most \(of) \(base.maxOnSeconds)")
        note(
            "min_off_seconds", minOffSeconds ?? .max < base.minOffSeconds,
            "must be at least \(of) \(base.minOffSeconds)")
        note("min_on_seconds", minOnSeconds ?? .max < base.minOnSeconds, "must be at least \(of) \(base.minOnSeconds)")
        let longest = min(maxOnSeconds ?? base.maxOnSeconds, base.maxOnSeconds)
        note(
            "default_seconds", defaultLeaseSeconds ?? 0 > longest, "must be at most the longest on-time, \(longest)")
        return problems
    }
}

extension SensorReference {
    /// The same by the canonical word of its kind.
    fileprivate func canonical(_ known: Catalogue?) -> Self {
        var reference = self
        reference.type = known?.sensorKind(type)?.name ?? type
        return reference
    }
}
