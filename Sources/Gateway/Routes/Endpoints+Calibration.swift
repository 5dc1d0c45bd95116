import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `GET /api/v1/twins/{device}/sensors/{sensor}/calibration`.
    @Sendable func calibration(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = PathReader(context)
        let (device, sensor) = (try path.device(), try path.sensor())
        try QueryReader(request, known: []).finish()
        return .json(try Self.calibration(of: sensor, in: try await view(device)))
    }

    /// Answers `DELETE /api/v1/twins/{device}/sensors/{sensor}/calibration`.
    @Sendable func removeCalibration(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await calibrate(.remove, request, context)
    }

    /// Answers `POST /api/v1/twins/{device}/sensors/{sensor}/calibration/session`.
    @Sendable func beginCalibration(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var body = try await BodyReader(request, known: ["method", "inverted"])
        let words = CalibrationMethod.allCases.map(\.rawValue).joined(separator: ", ")
        let method = body.required("method", expected: "one of \(words)") {
            $0.asText.flatMap(CalibrationMethod.init)
        }
        let isInverted = body.optional("inverted", expected: "true or false") { $0.asFlag } ?? false
        try body.finish()
        guard let method else { preconditionFailure("a missing method passed as \(body)") }
        return try await calibrate(.begin(method, isInverted: isInverted), request, context, hasBody: true)
    }

    /// Answers `DELETE /api/v1/twins/{device}/sensors/{sensor}/calibration/session`.
    @Sendable func abandonCalibration(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await calibrate(.abandon, request, context)
    }

    /// Answers `POST /api/v1/twins/{device}/sensors/{sensor}/calibration/session/points`.
    @Sendable func addCalibrationPoint(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var body = try await BodyReader(request, known: ["reference", "raw"])
        let reference = body.required("reference", expected: "the true value, a number") { $0.asNumber }
        let raw = body.optional("raw", expected: "a number; without it the live raw value is taken") { $0.asNumber }
        try body.finish()
        guard let reference else { preconditionFailure("a missing reference passed as \(body)") }
        return try await calibrate(.addPoint(reference: reference, raw: raw), request, context, hasBody: true)
    }

    /// Answers `DELETE /api/v1/twins/{device}/sensors/{sensor}/calibration/session/points/{index}`.
    @Sendable func dropCalibrationPoint(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await calibrate(.dropPoint(index: PathReader(context).index()), request, context)
    }

    /// Answers `POST /api/v1/twins/{device}/sensors/{sensor}/calibration/session/apply`.
    @Sendable func applyCalibration(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await calibrate(.apply, request, context)
    }

    /// How a sensor of a twin is calibrated, or the problem that there is no such sensor.
    static func calibration(of sensor: SensorKey, in view: TwinView) throws -> JSONValue {
        guard let found = view.snapshot.sensors.first(where: { $0.key == sensor }) else {
            throw ServiceError.unknownSensor(view.snapshot.device.id, sensor)
        }
        return view.calibrationJSON(of: found)
    }

    private func calibrate(
        _ action: CalibrationAction, _ request: Request, _ context: GatewayContext, hasBody: Bool = false
    ) async throws -> Response {
        let path = PathReader(context)
        let (device, sensor) = (try path.device(), try path.sensor())
        try QueryReader(request, known: []).finish()
        if !hasBody { try await BodyReader(request, known: [], isOptional: true).finish() }
        let view = try await service.calibrate(
            CalibrationRequest(device: device, sensor: sensor, action: action, by: context.caller))
        return .json(try Self.calibration(of: sensor, in: view))
    }
}
