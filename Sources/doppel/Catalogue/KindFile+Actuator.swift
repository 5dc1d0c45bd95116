import TwinCore

extension KindFile {
    /// Makes an actuator's kind of what was read, unless something is wrong with it.
    mutating func makeActuator(_ members: FormMembers) {
        guard let lease = members.group("lease") else { return }
        let others = members.group("limits") ?? FormMembers()
        sensorUses = SensorUse.all(in: others)
        let byDefault = lease.integer("default_seconds")
        let maxOn = lease.integer("max_on_seconds")
        if let byDefault, let maxOn, byDefault > maxOn {
            reader.note("lease", "'default_seconds' (\(byDefault)) is more than 'max_on_seconds' (\(maxOn))")
        }
        let limits = ActuatorLimits(lease: lease, limits: others)
        reader.problems += limits?.contradictions(lease, others) ?? []
        let semantics = members.word("semantics", as: ActuatorKind.Semantics.self)
        if let semantics, reader.problems.isEmpty { checkSemantics(semantics, members) }
        guard let name = members.text("name"), let semantics, let limits,
            let safeState = members.word("safe_state", as: ActuatorKind.SafeState.self), reader.problems.isEmpty
        else { return }
        kind = .actuator(
            ActuatorKind(
                name: name, semantics: semantics, wireType: members.text("wire_type"), safeState: safeState,
                fullScale: members.integer("full_scale") ?? 255, positions: members.integer("positions"),
                pulseMicroseconds: members.integerRange("pulse_microseconds"),
                frequencyHertz: members.integer("frequency_hertz"), limits: limits, version: version))
    }

    /// A member that belongs to one sort of driver must be there for it, and nowhere else.
    private mutating func checkSemantics(_ semantics: ActuatorKind.Semantics, _ members: FormMembers) {
        let owners: [(name: String, owner: ActuatorKind.Semantics)] = [
            ("positions", .position), ("pulse_microseconds", .servo), ("frequency_hertz", .pwm),
        ]
        for (name, owner) in owners {
            let isThere = members[name] != nil
            if isThere, semantics != owner {
                reader.note(name, "is for 'semantics: \(owner.rawValue)' alone")
            } else if !isThere, semantics == owner {
                reader.note("semantics", "is '\(owner.rawValue)', so '\(name)' must be given")
            }
        }
    }
}
