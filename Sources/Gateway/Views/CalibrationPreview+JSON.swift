import TwinCore
import TwinRuntime

extension TwinView {
    /// When a sensor's calibration should be done again; `nil` where it has none, or its kind's never wears off.
    func calibrationDue(of sensor: SensorState) -> UnixTime? {
        sensor.calibration.current.flatMap {
            CalibrationState.dueAt($0, catalogue.sensorKind(sensor.key.type))
        }
    }

    /// What a sensor's guided calibration would give if it were applied now; `null` without one.
    func calibrationPreview(of sensor: SensorState) -> JSONValue {
        guard sensor.calibration.session != nil else { return .null }
        let kind = catalogue.sensorKind(sensor.key.type)
        let preview = sensor.previewCalibration(kind: kind, celsius: celsius(for: sensor.key), at: moment)
        return switch preview {
        case .success(let preview): preview.json
        case .failure(let refusal): CalibrationPreview.json(refusal)
        }
    }

    /// What points would give that somebody sent all at once; nothing is changed.
    ///
    /// The same decisions as in a session, on a copy of the sensor that nobody keeps.
    func calibrationTrial(
        of sensor: SensorState, _ method: CalibrationMethod, _ points: [(raw: Double, reference: Double)]
    ) -> Result<JSONValue, CalibrationRefusal> {
        var sensor = sensor
        let kind = catalogue.sensorKind(sensor.key.type)
        let celsius = celsius(for: sensor.key)
        let steps =
            [CalibrationAction.begin(method, isInverted: false)]
            + points.map { .addPoint(reference: $0.reference, raw: $0.raw) }
        for step in steps {
            switch sensor.decide(on: step, kind: kind, celsius: celsius, by: "", at: moment) {
            case .failure(let refusal): return .failure(refusal)
            case .success(let events): for event in events { sensor.apply(event, at: moment) }
            }
        }
        return sensor.previewCalibration(kind: kind, celsius: celsius, at: moment).map(\.json)
    }

    /// The temperature that a sensor's processing uses, in °C; `nil` when nobody can say it.
    private func celsius(for key: SensorKey) -> Double? {
        guard let rule = catalogue.sensorKind(key.type)?.companion else { return nil }
        let named = snapshot.device.configuration.desired.sensors[key]?.temperatureFrom
        return rule.celsius(for: key, named: named, among: snapshot.sensors, at: moment)
    }
}

extension CalibrationPreview {
    /// What would be used, and what it would make of the live raw value.
    var json: JSONValue {
        [
            "usable": true, "why": .null, "slope": JSONValue(slope), "offset": JSONValue(offset),
            "millivolts_per_ph": JSONValue(millivoltsPerPH), "value": JSONValue(value),
            "quality": JSONValue(quality?.rawValue),
        ]
    }

    /// Why the points give nothing usable, or not yet.
    static func json(_ refusal: CalibrationRefusal) -> JSONValue {
        [
            "usable": false, "why": .string(refusal.text), "slope": .null, "offset": .null,
            "millivolts_per_ph": .null, "value": .null, "quality": .null,
        ]
    }
}
