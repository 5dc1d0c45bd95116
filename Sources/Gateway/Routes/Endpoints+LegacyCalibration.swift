import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `POST /api/v1/sensors/calibrate`: a whole calibration in one request, as older clients send it.
    @Sendable func calibrateAtOnce(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        let wish = try await PointsAtOnce(request)
        let view = try await view(wish.device)
        let sensor = try wish.sensor(in: view)
        let method = try wish.method(for: sensor)
        guard wish.isToBeSaved else {
            switch view.calibrationTrial(of: sensor, method, wish.points) {
            case .failure(let refusal): throw ServiceError.unsuitable(refusal.text)
            case .success(let trial):
                return .json(["saved": false, "sensor": .string(sensor.key.id), "calibration": trial])
            }
        }
        // A session of somebody who stands at the probe is not given up for one who does not.
        guard sensor.calibration.session == nil else {
            throw ServiceError.unsuitable("a guided calibration of '\(sensor.key.id)' is under way; end it first")
        }
        let calibrated = try await apply(wish, method, to: sensor.key, by: context.caller)
        return .json([
            "saved": true, "sensor": .string(sensor.key.id),
            "calibration": try Self.calibration(of: sensor.key, in: calibrated)["current"] ?? .null,
        ])
    }

    private func apply(
        _ wish: PointsAtOnce, _ method: CalibrationMethod, to sensor: SensorKey, by name: String
    ) async throws(ServiceError) -> TwinView {
        let service = service
        func take(_ action: CalibrationAction) async throws(ServiceError) -> TwinView {
            try await service.calibrate(
                CalibrationRequest(device: wish.device, sensor: sensor, action: action, by: name))
        }
        _ = try await take(.begin(method, isInverted: false))
        do throws(ServiceError) {
            for point in wish.points { _ = try await take(.addPoint(reference: point.reference, raw: point.raw)) }
            return try await take(.apply)
        } catch {
            _ = try? await take(.abandon)
            throw error
        }
    }
}

/// The points of a calibration that comes in one request.
private struct PointsAtOnce {
    let device: DeviceID
    let points: [(raw: Double, reference: Double)]
    let isToBeSaved: Bool
    private let gpio: GPIO
    private let type: String
    private let wantedMethod: CalibrationMethod?

    init(_ request: Request) async throws {
        var body = try await BodyReader(
            request, known: ["esp_id", "gpio", "sensor_type", "calibration_points", "method", "save_to_config"])
        let device = body.required("esp_id", expected: "a device id") { $0.asText.flatMap { DeviceID($0) } }
        let gpio = body.required("gpio", expected: "a pin from 0 to \(GPIO.maximum)") {
            $0.asInteger.flatMap(GPIO.init)
        }
        let type = body.required("sensor_type", expected: "a sensor's kind") { $0.asText }
        let counts = GatewayLimits.calibrationPoints
        let points = body.required(
            "calibration_points",
            expected: "\(counts.lowerBound) to \(counts.upperBound) objects with raw and reference, both numbers",
            Self.points)
        let words = CalibrationMethod.allCases.map(\.rawValue).joined(separator: ", ")
        wantedMethod = body.optional("method", expected: "one of \(words)") {
            $0.asText.flatMap(CalibrationMethod.init)
        }
        isToBeSaved = body.optional("save_to_config", expected: "true or false") { $0.asFlag } ?? false
        try body.finish()
        guard let device, let gpio, let type, let points else {
            preconditionFailure("a missing part of a calibration passed as \(body)")
        }
        self.device = device
        self.gpio = gpio
        self.type = type
        self.points = points
    }

    /// The one sensor that is meant.
    func sensor(in view: TwinView) throws -> SensorState {
        let kind = view.catalogue.sensorKind(type)?.name ?? type
        let found = view.snapshot.sensors.filter { $0.key.gpio == gpio && $0.key.type == kind }
        guard let sensor = found.first else {
            throw ServiceError.unknownSensor(device, SensorKey(gpio: gpio, type: kind, address: .none))
        }
        guard found.count == 1 else {
            let ids = found.map(\.key.id).joined(separator: ", ")
            throw ServiceError.unsuitable(
                "pin \(gpio) has several sensors of that kind: \(ids); use the calibration of one of them")
        }
        return sensor
    }

    /// The wanted method, or the one that fits the kind and the number of points.
    func method(for sensor: SensorState) throws(ServiceError) -> CalibrationMethod {
        if let wantedMethod { return wantedMethod }
        return switch (sensor.key.type, points.count) {
        case ("moisture", 2): .moisture
        case ("ph", 2): .ph
        case ("ec", 1): .ecOnePoint
        case ("ec", 2): .ecTwoPoint
        case (_, 1): .offset
        case (_, 2): .linear
        default: throw .unsuitable("no method takes \(points.count) points; give 1 or 2, or name the method")
        }
    }

    private static func points(_ value: JSONValue) -> [(raw: Double, reference: Double)]? {
        guard case .array(let items) = value, GatewayLimits.calibrationPoints.contains(items.count) else { return nil }
        let points = items.compactMap { item -> (raw: Double, reference: Double)? in
            guard Set(item.members.map(\.name)) == ["raw", "reference"], let raw = item["raw"]?.asNumber,
                let reference = item["reference"]?.asNumber
            else { return nil }
            return (raw, reference)
        }
        return points.count == items.count ? points : nil
    }
}
