extension SensorKind {
    /// The kind with a site's override; never more permissive than the kind itself.
    ///
    /// A range that shares nothing with the kind's is no narrowing, and ignored.
    public func narrowed(by override: SensorOverride) -> Self {
        var kind = self
        if let wanted = override.range, wanted.overlaps(range) { kind.range = wanted.clamped(to: range) }
        if let seconds = override.staleAfterSeconds { kind.staleAfterSeconds = seconds }
        if let seconds = override.intervalSeconds { kind.intervalSeconds = seconds }
        return kind
    }
}

extension ActuatorKind {
    /// The kind with a site's override; never more permissive than the kind itself.
    ///
    /// It holds whatever kind the device reports on the pin, even one that the site did not expect there.
    public func narrowed(by override: ActuatorOverride) -> Self {
        var kind = self
        kind.limits = limits.narrowed(by: override)
        return kind
    }
}

extension ActuatorLimits {
    func narrowed(by override: ActuatorOverride) -> Self {
        var limits = self
        limits.maxOnSeconds = min(maxOnSeconds, override.maxOnSeconds ?? maxOnSeconds)
        limits.defaultLeaseSeconds = min(override.defaultLeaseSeconds ?? defaultLeaseSeconds, limits.maxOnSeconds)
        limits.minOnSeconds = max(minOnSeconds, override.minOnSeconds ?? minOnSeconds)
        limits.minOffSeconds = max(minOffSeconds, override.minOffSeconds ?? minOffSeconds)
        if let wanted = override.levels, wanted.overlaps(levels) { limits.levels = wanted.clamped(to: levels) }
        limits.slewPerSecond = [slewPerSecond, override.slewPerSecond].compactMap(\.self).min()
        limits.startsPerHour = [startsPerHour, override.startsPerHour].compactMap(\.self).min()
        limits.coolDown = coolDown.map { $0.narrowed(by: override.coolDown) } ?? override.coolDown
        limits.guards = guards + override.guards
        limits.hazard = max(hazard, override.hazard ?? hazard)
        limits.draw.watts = override.draw.watts ?? draw.watts
        limits.draw.inrushWatts = override.draw.inrushWatts ?? draw.inrushWatts
        limits.draw.litresPerMinute = override.draw.litresPerMinute ?? draw.litresPerMinute
        limits.effect = override.effect ?? effect
        limits.safeWithinSeconds = min(safeWithinSeconds, override.safeWithinSeconds ?? safeWithinSeconds)
        return limits
    }
}

extension CoolDown {
    fileprivate func narrowed(by other: Self?) -> Self {
        guard let other else { return self }
        return Self(
            runSeconds: min(runSeconds, other.runSeconds), restSeconds: max(restSeconds, other.restSeconds))
    }
}
