import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `PUT /api/v1/twins/{device}/actuators/{gpio}/lockout`.
    @Sendable func lockOut(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let output = try PathReader(context).output()
        try QueryReader(request, known: []).finish()
        var body = try await BodyReader(request, known: ["name", "reason", "expires_in_seconds"])
        let name = body.optional("name", expected: Self.tagTextExpectation, Self.tagText)
        let reason = body.required("reason", expected: Self.tagTextExpectation, Self.tagText)
        let range = 1...Lockout.maximumSeconds
        let expected = "a whole number of seconds from 1 to \(range.upperBound) (a week)"
        let seconds = body.required("expires_in_seconds", expected: expected) { given in
            given.asInteger.flatMap { range.contains($0) ? $0 : nil }
        }
        try body.finish()
        guard let reason, let seconds else { preconditionFailure("a missing reason or time passed as \(body)") }
        let view = try await service.lockOut(
            LockoutRequest(output: output, name: name ?? context.caller, reason: reason, seconds: seconds))
        return try shown(output, in: view)
    }

    /// Answers `DELETE /api/v1/twins/{device}/actuators/{gpio}/lockout`.
    @Sendable func removeLockout(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let output = try PathReader(context).output()
        var query = QueryReader(request, known: ["name"])
        let name = query.read("name", expected: Self.tagTextExpectation) { Self.tagText(.string($0)) }
        try query.finish()
        try await BodyReader(request, known: [], isOptional: true).finish()
        return try shown(output, in: try await service.removeLockout(of: output, by: name ?? context.caller))
    }

    /// Answers `POST /api/v1/twins/{device}/release`.
    @Sendable func release(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let device = try await deviceWithoutBody(request, context)
        return .json(try await service.liftQuarantine(of: device, by: context.caller).json)
    }

    private static let tagTextExpectation = "text of 1 to \(Lockout.maximumTextBytes) bytes"

    private static func tagText(_ given: JSONValue) -> String? {
        given.asText.flatMap { (1...Lockout.maximumTextBytes).contains($0.utf8.count) ? $0 : nil }
    }

    /// An output as it stands in a twin.
    private func shown(_ output: OutputAddress, in view: TwinView) throws -> Response {
        guard let found = view.snapshot.actuators.first(where: { $0.gpio == output.gpio }) else {
            throw ServiceError.unknownActuator(output.device, output.gpio)
        }
        return .json(view.json(of: found))
    }
}
