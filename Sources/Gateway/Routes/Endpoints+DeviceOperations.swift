import HTTPTypes
import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `POST /api/v1/twins/{device}/operations`.
    @Sendable func operate(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let device = try PathReader(context).device()
        try QueryReader(request, known: []).finish()
        let kind = try await OperationReader.read(request)
        return try await operate(kind, of: device, request, context)
    }

    /// Answers `POST /api/v1/twins/{device}/sensors/{gpio}/measure`.
    @Sendable func measure(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = PathReader(context)
        let (device, gpio) = (try path.device(), try path.gpio())
        try QueryReader(request, known: []).finish()
        let kind = try await OperationReader.readMeasurement(request, of: gpio)
        return try await operate(kind, of: device, request, context)
    }

    /// Answers `GET /api/v1/twins/{device}/operations/{id}`.
    @Sendable func operation(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = PathReader(context)
        let (device, id) = (try path.device(), try path.command())
        try QueryReader(request, known: []).finish()
        let wish = Preference(request)
        let record = await service.finishedOperation(
            id, of: device, withinMilliseconds: wish?.milliseconds ?? 0)
        guard let record else {
            throw Problem.notFound(
                "'\(device)' has no operation '\(id)'; the latest \(OperationLedger.maximumOperations) are kept")
        }
        return .json(record.json, headers: wish?.headers ?? [:])
    }

    /// Answers `PUT /api/v1/emergency/broadcast-token`.
    @Sendable func setBroadcastToken(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        var body = try await BodyReader(request, known: ["token"])
        let token = body.secret("token", expected: OperationReader.tokenExpectation) { EmergencyToken($0) }
        try body.finish()
        try await service.setBroadcastToken(token, by: context.caller)
        return .json(["held": true])
    }

    /// Answers `DELETE /api/v1/emergency/broadcast-token`.
    @Sendable func removeBroadcastToken(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        try await BodyReader(request, known: [], isOptional: true).finish()
        try await service.setBroadcastToken(nil, by: context.caller)
        return .json(["held": false])
    }

    private func operate(
        _ kind: TwinCore.Operation.Kind, of device: DeviceID, _ request: Request, _ context: GatewayContext
    ) async throws -> Response {
        var record = try await service.operate(OperationRequest(device: device, kind: kind, by: context.caller))
        let id = record.operation.id
        let wish = Preference(request)
        var headers = wish?.headers ?? [:]
        if let wish {
            record =
                await service.finishedOperation(id, of: device, withinMilliseconds: wish.milliseconds) ?? record
        }
        if wish != nil, record.state.isFinal { return .json(record.json, headers: headers) }
        headers[.location] = "/api/v1/twins/\(device)/operations/\(id)"
        return .json(record.json, status: .accepted, headers: headers)
    }
}
