import TwinCore

extension SensorOverride {
    /// How many missed measurements a site may tolerate that makes a sensor measure more rarely.
    static let maximumMissedIntervals = 10

    /// Reads a sensor's override, and notes everything in it that its kind does not allow.
    init(_ reader: inout MemberReader, within kind: SensorKind?) {
        let members = reader.read(SiteForm.sensor)
        self.init(
            range: members.range("range"), staleAfterSeconds: members.integer("stale_after_seconds"),
            intervalSeconds: members.integer("interval_seconds"))
        if let kind { judge(kind, &reader) }
    }

    private func judge(_ kind: SensorKind, _ reader: inout MemberReader) {
        if let range, range.clamped(to: kind.range) != range {
            let allowed = "[\(shown(kind.range.lowerBound)), \(shown(kind.range.upperBound))]"
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
