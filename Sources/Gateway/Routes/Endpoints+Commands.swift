import HTTPTypes
import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `POST /api/v1/twins/{device}/actuators/{gpio}/commands`.
    @Sendable func orderCommand(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let output = try PathReader(context).output()
        try QueryReader(request, known: []).finish()
        let command = try await CommandReader.command(request, to: output, issuedBy: context.caller)
        let record = try await service.command(command)
        if record.state == .refused { throw Problem.refused(record) }
        return try await answer(record, Preference(request))
    }

    /// Answers `GET /api/v1/commands/{id}`.
    @Sendable func command(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let id = try PathReader(context).command()
        try QueryReader(request, known: []).finish()
        let wish = Preference(request)
        if let live = await service.finishedCommand(id, withinMilliseconds: wish?.milliseconds ?? 0) {
            return .json(live.json, headers: wish?.headers ?? [:])
        }
        guard let stored = try await service.history.command(id) else {
            throw Problem.notFound("no command '\(id.description.prefix(CommandID.maximumLength))'")
        }
        return .json(stored.json)
    }

    private func answer(_ record: CommandRecord, _ wish: Preference?) async throws -> Response {
        let id = record.order.id
        var headers = wish?.headers ?? [:]
        var record = record
        if let wish, let later = await service.finishedCommand(id, withinMilliseconds: wish.milliseconds) {
            record = later
        }
        if wish != nil, record.state.isFinal { return .json(record.json, headers: headers) }
        headers[.location] = "/api/v1/commands/\(id)"
        return .json(record.json, status: .accepted, headers: headers)
    }
}
