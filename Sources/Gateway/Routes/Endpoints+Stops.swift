import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `POST /api/v1/emergency-stop`.
    @Sendable func stop(_ request: Request, _ context: GatewayContext) async throws -> Response {
        // No stop is refused for a question that nobody understands.
        let showsLines = (try? showsLines(request)) ?? true
        var body = try await BodyReader(request, known: StopReader.members)
        let stop = StopReader.stop(in: &body, issuedBy: context.caller)
        try body.finish()
        guard let stop else { preconditionFailure("a missing scope or reason passed as \(body)") }
        let report = try await service.stop(stop)
        return .json(report.json(lines: showsLines ? report.lines : []))
    }

    /// Answers `GET /api/v1/emergency-stop`.
    @Sendable func stopReport(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let showsLines = try showsLines(request)
        let report = await service.stopReport()
        return .json(report.json(lines: showsLines ? report.lines : []))
    }

    /// Whether the caller wants the lines of the scoreboard beside its counts: those of a large fleet are long.
    private func showsLines(_ request: Request) throws(Problem) -> Bool {
        var query = QueryReader(request, known: ["lines"])
        let isWanted = query.flag("lines", otherwise: true)
        try query.finish()
        return isWanted
    }

    /// Answers `POST /api/v1/emergency-stop/clear`.
    @Sendable func clearStops(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        var body = try await BodyReader(request, known: ["incident"], isOptional: true)
        let longest = GatewayLimits.incidentCharacters
        let incident = body.optional("incident", expected: "the id of an emergency stop, as the report names it") {
            $0.asText.flatMap { (1...longest).contains($0.count) ? IncidentID($0) : nil }
        }
        try body.finish()
        return .json(try await service.clearStops(incident, by: context.caller).json)
    }
}
