import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `POST /api/v1/emergency-stop`.
    @Sendable func stop(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        var body = try await BodyReader(request, known: ["scope", "reason"])
        let scope = body.required("scope", expected: #""all" or {"device": "ESP_…"}"#, Self.scope)
        let longest = GatewayLimits.reasonCharacters
        let reason = body.required("reason", expected: "text of 1 to \(longest) characters") { given in
            given.asText.flatMap { (1...longest).contains($0.count) ? $0 : nil }
        }
        try body.finish()
        guard let scope, let reason else { preconditionFailure("a missing scope or reason passed as \(body)") }
        return .json(
            try await service.stop(StopRequest(scope: scope, reason: reason, issuedBy: context.caller)).json)
    }

    /// Answers `GET /api/v1/emergency-stop`.
    @Sendable func stopReport(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        return .json(await service.stopReport().json)
    }

    /// Answers `POST /api/v1/emergency-stop/clear`.
    @Sendable func clearStops(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        try await BodyReader(request, known: [], isOptional: true).finish()
        return .json(try await service.clearStops(nil, by: context.caller).json)
    }

    private static func scope(_ given: JSONValue) -> StopScope? {
        switch given {
        case .string("all"): .all
        case .object(let members) where members.count == 1:
            given["device"]?.asText.flatMap { DeviceID($0) }.map { .device($0) }
        default: nil
        }
    }
}
