import TwinCore

/// A sensor that a guard or an effect reads, and what it asks of it; judged when all kinds are known.
struct SensorUse {
    /// Which sensors.
    let sensor: SensorReference
    /// The guard or the effect.
    private let members: FormMembers
    /// The member that says how often something new must be seen.
    private let rhythm: String
    /// Whether its range is one of the sensor's values.
    private let readsValues: Bool

    /// Everything that a group `limits` reads.
    static func all(in limits: FormMembers) -> [Self] {
        limits.list("guards").compactMap { Self($0, rhythm: "max_age_seconds", readsValues: true) }
            + [limits.group("effect")].compactMap { effect in
                effect.flatMap {
                    Self($0, rhythm: "within_seconds", readsValues: $0.word("measure") == EffectRule.Measure.value)
                }
            }
    }

    private init?(_ members: FormMembers, rhythm: String, readsValues: Bool) {
        guard let sensor = SensorReference(members) else { return nil }
        self.sensor = sensor
        self.members = members
        self.rhythm = rhythm
        self.readsValues = readsValues
    }

    /// That there is no such kind of sensor, and which was probably meant.
    func unknownKind(among names: [String]) -> Problem? {
        let nearest = NearestWord.to(sensor.type, among: names).map { "; did you mean '\($0)'?" } ?? ""
        return members.group("sensor")?.problem(
            "type", "is '\(sensor.type)', and there is no kind of sensor of that name\(nearest)")
    }

    /// What the sensor cannot fulfil.
    ///
    /// - Parameters:
    ///   - kind: What kind it is.
    ///   - interval: How often it is measured, in seconds; `nil` where nobody says.
    func problems(_ kind: SensorKind, measuredEvery interval: Int?) -> [Problem] {
        var problems: [Problem] = []
        if let interval, let seconds = members.integer(rhythm), seconds < interval {
            problems.append(
                members.problem(rhythm, "is \(seconds), and a '\(kind.name)' is measured every \(interval) s"))
        }
        if readsValues, let range = members.range("range"), !range.overlaps(kind.range) {
            let bounds = "\(kind.range.lowerBound) to \(kind.range.upperBound) \(kind.unit)"
            problems.append(members.problem("range", "is beyond what a '\(kind.name)' can show, \(bounds)"))
        }
        return problems
    }
}
