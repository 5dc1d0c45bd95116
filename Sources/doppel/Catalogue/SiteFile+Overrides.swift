import TwinCore

extension SensorOverride {
    /// The members of a sensor in a site's file.
    static let members = ["range", "stale_after_seconds", "interval_seconds"]
    /// How often a device can measure by itself, in seconds.
    static let intervalBounds = 1...300
    /// After how long a value may count as stale, in seconds: a second to a week.
    static let staleBounds = 1...604_800
    /// How many missed measurements a site may tolerate that makes a sensor measure more rarely.
    static let maximumMissedIntervals = 10

    /// Reads a sensor's override, and notes everything in it that its kind does not allow.
    init(_ reader: inout MemberReader, within kind: SensorKind?) {
        reader.refuseUnknownMembers(known: Self.members)
        let range = reader.has("range") ? reader.range("range") : nil
        let stale = reader.integer(ifThere: "stale_after_seconds", within: Self.staleBounds)
        let interval = reader.integer(ifThere: "interval_seconds", within: Self.intervalBounds)
        self.init(range: range, staleAfterSeconds: stale, intervalSeconds: interval)
        if let kind { judge(kind, &reader) }
    }

    private func judge(_ kind: SensorKind, _ reader: inout MemberReader) {
        let bounds: ClosedRange<Double>? = kind.range
        if let range, let bounds, range.clamped(to: bounds) != range {
            let allowed = "[\(shown(bounds.lowerBound)), \(shown(bounds.upperBound))]"
            reader.note("range", "must lie within that of the kind '\(kind.name)', \(allowed)")
        }
        judgeRhythm(kind, &reader)
    }

    private func judgeRhythm(_ kind: SensorKind, _ reader: inout MemberReader) {
        let stale = staleAfterSeconds
        if let interval = intervalSeconds, let inForce = stale ?? kind.staleAfterSeconds, inForce <= interval {
            reader.note(
                stale == nil ? "interval_seconds" : "stale_after_seconds",
                "makes values stale (after \(inForce) s) before the next one is measured (after \(interval) s); "
                    + "'stale_after_seconds' must be the longer one")
        }
        guard let stale, let allowed = kind.staleAfterSeconds else { return }
        // A sensor that measures more rarely may be quiet for longer; any other that is stale for its kind is stale.
        let longest = max(allowed, (intervalSeconds ?? 0) * Self.maximumMissedIntervals)
        if stale > longest {
            reader.note(
                "stale_after_seconds",
                "is looser than the kind '\(kind.name)' allows (\(allowed) s); at most \(longest) s, or "
                    + "\(Self.maximumMissedIntervals) times an 'interval_seconds' of its own")
        }
    }

    private func shown(_ number: Double) -> String {
        Int(exactly: number).map { String($0) } ?? String(number)
    }
}

extension ActuatorOverride {
    /// The members of an actuator in a site's file.
    static let members = ["type", "default_seconds", "max_on_seconds", "min_off_seconds"]
    /// The longest lease of any kind, in seconds: a day.
    static let longestLease = 86_400

    /// Reads an actuator's override, and notes everything in it that its kind does not allow.
    init(_ reader: inout MemberReader, _ known: Catalogue?) {
        reader.refuseUnknownMembers(known: Self.members)
        let type = reader.wireWord("type")
        let byDefault = reader.integer(ifThere: "default_seconds", within: 1...Self.longestLease)
        let maxOn = reader.integer(ifThere: "max_on_seconds", within: 1...Self.longestLease)
        let minOff = reader.integer(ifThere: "min_off_seconds", within: 0...Self.longestLease)
        self.init(defaultLeaseSeconds: byDefault, maxOnSeconds: maxOn, minOffSeconds: minOff)
        if let type, let known { judge(type, known, &reader) }
    }

    private func judge(_ type: String, _ known: Catalogue, _ reader: inout MemberReader) {
        let kind = known.actuatorKind(type)
        let names = known.actuatorKinds.map(\.name)
        guard names.contains(kind.name) else { return reader.noteUnknown("type", "kind of actuator", type, names) }
        if let maxOnSeconds, maxOnSeconds > kind.maxOnSeconds {
            reader.note("max_on_seconds", "must be at most that of the kind '\(kind.name)', \(kind.maxOnSeconds)")
        }
        if let minOffSeconds, minOffSeconds < kind.minOffSeconds {
            reader.note("min_off_seconds", "must be at least that of the kind '\(kind.name)', \(kind.minOffSeconds)")
        }
        let longest = min(maxOnSeconds ?? kind.maxOnSeconds, kind.maxOnSeconds)
        if let defaultLeaseSeconds, defaultLeaseSeconds > longest {
            reader.note("default_seconds", "must be at most the longest on-time, \(longest)")
        }
    }
}
