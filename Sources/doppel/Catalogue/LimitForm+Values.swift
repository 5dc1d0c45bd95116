import TwinCore

// What was read of the group `limits`, as the core knows it.

extension ActuatorLimits {
    /// The limits that a kind's groups `lease` and `limits` say; `nil` where a lease misses something.
    init?(lease: FormMembers, limits: FormMembers) {
        guard let byDefault = lease.integer("default_seconds"), let maxOn = lease.integer("max_on_seconds"),
            let minOff = lease.integer("min_off_seconds")
        else { return nil }
        self.init(
            levels: limits.range("levels") ?? 0...1, slewPerSecond: limits.number("slew_per_second"),
            resolution: limits.number("resolution"), defaultLeaseSeconds: byDefault, maxOnSeconds: maxOn,
            minOnSeconds: lease.integer("min_on_seconds") ?? 0, minOffSeconds: minOff,
            startsPerHour: limits.integer("starts_per_hour"),
            coolDown: limits.group("cool_down").flatMap(CoolDown.init),
            guards: limits.list("guards").compactMap(SensorGuard.init), hazard: limits.word("hazard") ?? .none,
            draw: Draw(limits), effect: limits.group("effect").flatMap(EffectRule.init),
            safeWithinSeconds: limits.integer("safe_within_seconds") ?? 30)
    }

    /// What of the limits can never be kept, or says one thing twice and differently.
    ///
    /// - Parameters:
    ///   - lease: Where the on-times were read.
    ///   - members: Where the others were read.
    func contradictions(_ lease: FormMembers, _ members: FormMembers) -> [Problem] {
        var problems: [Problem] = []
        if defaultLeaseSeconds < minOnSeconds {
            problems.append(
                lease.problem(
                    "default_seconds", "(\(defaultLeaseSeconds)) is less than 'min_on_seconds' (\(minOnSeconds))"))
        }
        if let run = coolDown?.runSeconds, run < defaultLeaseSeconds {
            problems.append(
                members.problem(
                    "cool_down", "allows \(run) s of on-time, less than 'default_seconds' (\(defaultLeaseSeconds))"))
        }
        if let resolution, (levels.upperBound / resolution + 1e-9).rounded(.down) * resolution < levels.lowerBound {
            problems.append(members.problem("resolution", "has no multiple within 'levels'"))
        }
        return problems
    }
}

extension CoolDown {
    init?(_ members: FormMembers) {
        guard let run = members.integer("run_seconds"), let rest = members.integer("rest_seconds") else { return nil }
        self.init(runSeconds: run, restSeconds: rest)
    }
}

extension Draw {
    /// The draw that a group `limits` says.
    init(_ limits: FormMembers) {
        let draw = limits.group("draw")
        self.init(
            watts: draw?.number("watts"), inrushWatts: draw?.number("inrush_watts"),
            litresPerMinute: draw?.number("litres_per_minute"))
    }
}

extension SensorReference {
    init?(_ members: FormMembers) {
        guard let sensor = members.group("sensor"), let type = sensor.text("type") else { return nil }
        self.init(device: sensor.device("device"), type: type, gpio: sensor.integer("gpio").flatMap(GPIO.init))
    }
}

extension SensorGuard {
    init?(_ members: FormMembers) {
        guard let sensor = SensorReference(members), let range = members.range("range"),
            let age = members.integer("max_age_seconds")
        else { return nil }
        self.init(sensor: sensor, range: range, maxAgeSeconds: age, direction: members.word("direction"))
        let qualities = members.texts("qualities").compactMap(Quality.init(rawValue:))
        if !qualities.isEmpty { self.qualities = qualities }
    }
}

extension EffectRule {
    init?(_ members: FormMembers) {
        guard let sensor = SensorReference(members), let measure = members.word("measure", as: Measure.self),
            let range = members.range("range"), let within = members.integer("within_seconds")
        else { return nil }
        self.init(
            sensor: sensor, measure: measure, range: range, withinSeconds: within,
            upstream: members.output("upstream"))
    }
}
