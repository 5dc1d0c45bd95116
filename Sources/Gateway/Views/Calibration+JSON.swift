import TwinCore
import TwinRuntime

extension TwinView {
    /// How a sensor is calibrated and is being calibrated, whole.
    func calibrationJSON(of sensor: SensorState) -> JSONValue {
        let state = sensor.calibration
        return [
            "device": .string(snapshot.device.id.description), "sensor": .string(sensor.key.id),
            "current": state.current?.json ?? .null, "due": JSONValue(calibrationDue(of: sensor)),
            "session": state.session?.json ?? .null, "preview": calibrationPreview(of: sensor),
            "history": .array(state.history.map(\.json)), "live_raw": JSONValue(sensor.latest?.raw),
        ]
    }

    /// How a sensor is calibrated, as far as the twin shows it.
    func calibrationSummary(of sensor: SensorState) -> JSONValue {
        let state = sensor.calibration
        return [
            "method": JSONValue(state.current?.method.rawValue),
            "number": JSONValue(state.current.map { Int($0.number) }),
            "points": JSONValue(state.current?.points.count), "applied_at": JSONValue(state.current?.at),
            "due": JSONValue(calibrationDue(of: sensor)), "session": JSONValue(state.session?.method.rawValue),
        ]
    }
}

extension Calibration {
    /// The calibration with what it was computed from.
    var json: JSONValue {
        [
            "number": JSONValue(Int(number)), "method": .string(method.rawValue), "slope": JSONValue(slope),
            "offset": JSONValue(offset), "inverted": JSONValue(isInverted), "by": .string(by),
            "applied_at": JSONValue(at), "points": .array(points.map(\.json)),
        ]
    }
}

extension CalibrationState.Session {
    fileprivate var json: JSONValue {
        [
            "method": .string(method.rawValue), "inverted": JSONValue(isInverted), "by": .string(by),
            "started_at": JSONValue(startedAt.time), "points": .array(points.map(\.json)),
        ]
    }
}

extension CalibrationPoint {
    /// One point.
    var json: JSONValue {
        [
            "raw": JSONValue(raw), "reference": JSONValue(reference), "celsius": JSONValue(celsius),
            "at": JSONValue(at),
        ]
    }
}

extension CalibrationEvent {
    /// What is known beside the kind.
    var members: [JSONValue.Member] {
        switch self {
        case .begun(let method, let isInverted, let by):
            [.word("method", method.rawValue), .init(name: "inverted", value: JSONValue(isInverted)), .word("by", by)]
        case .pointTaken(let point): [.init(name: "point", value: point.json)]
        case .pointDropped(let index): [.init(name: "index", value: JSONValue(index))]
        case .applied(let calibration): [.init(name: "calibration", value: calibration.json)]
        case .abandoned(let by): [.word("by", by)]
        case .expired: []
        case .removed(let by): [.word("by", by)]
        }
    }
}

extension Reprocessing {
    /// What came of it.
    ///
    /// - Parameter kind: The sensor's kind, which a model's stamp is shown with.
    func json(kind: String) -> JSONValue {
        [
            "from": JSONValue(from), "to": JSONValue(to), "examined": JSONValue(examined),
            "changed": JSONValue(changed), "model": .string(model.text(kind: kind)), "by": .string(by),
        ]
    }
}

extension ModelStamp {
    /// How many hexadecimal digits a version has.
    private static let versionDigits = 8

    /// The stamp as it is shown: `ph@1a2b3c4d+2`; without the kind where that is not known.
    func text(kind: String?) -> String { (kind.map { "\($0)@" } ?? "") + versionText + "+\(calibration)" }

    /// The version as it is shown.
    var versionText: String {
        let digits = String(version, radix: 16)
        return String(repeating: "0", count: Self.versionDigits - digits.utf8.count) + digits
    }
}
