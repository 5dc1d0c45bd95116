import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `POST /api/v1/sensors/process`: what a raw value is worth; stores nothing.
    ///
    /// Devices ask it and read one shape of answer, so a value that cannot be processed is told in that shape, too.
    @Sendable func process(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        let call = try await ProcessingReader.read(request)
        let began = ContinuousClock.now
        let outcome = try await outcome(of: call)
        return .json(ProcessingAnswerDocument(call, outcome, took: ContinuousClock.now - began).json)
    }

    private func outcome(of call: ProcessingCall) async throws(ServiceError) -> ProcessingAnswerDocument.Outcome {
        do {
            return .success(try await service.process(call))
        } catch {
            guard case .unprocessable(let why) = error else { throw error }
            return .failure(why)
        }
    }

    /// Answers `POST /api/v1/twins/{device}/sensors/{sensor}/reprocess`.
    @Sendable func reprocess(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = PathReader(context)
        let (device, sensor) = (try path.device(), try path.sensor())
        try QueryReader(request, known: []).finish()
        var body = try await BodyReader(request, known: ["from", "to"])
        let expected = "a time such as 2025-01-31T12:00:00.000Z (RFC 3339)"
        let from = body.required("from", expected: expected) { $0.asText.flatMap { UnixTime(rfc3339: $0) } }
        let to = body.optional("to", expected: expected) { $0.asText.flatMap { UnixTime(rfc3339: $0) } }
        if let from, let to, to <= from { body.note("to", "not after 'from'", expected: "a later time") }
        try body.finish()
        guard let from else { preconditionFailure("a missing time passed as \(body)") }
        let report = try await service.reprocess(
            ReprocessingRequest(device: device, sensor: sensor, from: from, to: to, by: context.caller))
        return .json(report.json(kind: sensor.type))
    }
}
