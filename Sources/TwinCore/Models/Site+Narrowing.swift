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
        kind.maxOnSeconds = min(maxOnSeconds, override.maxOnSeconds ?? maxOnSeconds)
        kind.defaultLeaseSeconds = min(override.defaultLeaseSeconds ?? defaultLeaseSeconds, kind.maxOnSeconds)
        kind.minOffSeconds = max(minOffSeconds, override.minOffSeconds ?? minOffSeconds)
        return kind
    }
}
