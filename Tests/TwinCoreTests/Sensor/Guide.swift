import TwinCore

/// Walks an operator through the calibration of one sensor.
struct Guide {
    let kind: SensorKind
    var state: SensorState
    var now: Int64 = 0
    /// What the companion shows.
    var celsius: Double?

    init(_ kind: SensorKind) {
        self.kind = kind
        state = SensorState(key: SensorKey(gpio: .pin(34), type: kind.name, address: .none))
    }

    /// Takes one step; says why it was refused.
    mutating func `do`(_ action: CalibrationAction) -> String? {
        switch state.decide(on: action, kind: kind, celsius: celsius, by: "user:mara", at: .at(now)) {
        case .success(let events):
            for event in events { state.apply(event, at: .at(now)) }
            return nil
        case .failure(let refusal): return refusal.text
        }
    }

    /// Begins, adds the points, each a raw value and its reference, and applies them; says what was refused first.
    mutating func walk(
        _ method: CalibrationMethod, _ points: [(Double, Double)], isInverted: Bool = false
    ) -> String? {
        if let refusal = self.do(.begin(method, isInverted: isInverted)) { return refusal }
        for (raw, reference) in points {
            if let refusal = self.do(.addPoint(reference: reference, raw: raw)) { return refusal }
        }
        return self.do(.apply)
    }

    /// The same for a guide that is not needed afterwards.
    func walked(_ method: CalibrationMethod, _ points: [(Double, Double)]) -> String? {
        var guide = self
        return guide.walk(method, points)
    }

    /// What the sensor makes of a raw value now.
    func sample(_ raw: Double) -> Sample {
        let report = SensorReport(
            gpio: .pin(34), type: kind.name, raw: raw, clock: DeviceClock(wire: 0, isValid: false), digest: 1)
        do throws(Refusal) {
            return try state.decide(on: report, kind: kind, celsius: celsius, digest: 1, at: .at(now)).sample
        } catch {
            preconditionFailure("a sample of now is never refused, but: \(error)")
        }
    }

    /// Takes in a raw value that the sensor sends now.
    mutating func hear(_ raw: Double) { state.apply(.sampled(sample(raw)), at: .at(now)) }
}
