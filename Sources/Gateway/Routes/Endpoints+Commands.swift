import HTTPTypes
import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `POST /api/v1/twins/{device}/actuators/{gpio}/commands`.
    ///
    /// Numbers that a limit can judge are left to the gate, so that its verdict stands in one place; only what is no
    /// number, or no duration at all, is refused here.
    @Sendable func orderCommand(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = PathReader(context)
        let (device, gpio) = (try path.device(), try path.gpio())
        try QueryReader(request, known: []).finish()
        var body = try await BodyReader(request, known: ["command", "value", "duration_seconds"])
        let verb = body.required("command", expected: "ON, OFF, PWM or TOGGLE") {
            $0.asText.flatMap(CommandOrder.Verb.init)
        }
        let value = body.optional("value", expected: "a number from 0 to 1") { $0.asNumber }
        let duration = body.optional("duration_seconds", expected: "a whole number of seconds, at least 1") { given in
            given.asInteger.flatMap { $0 >= 1 ? $0 : nil }
        }
        if verb == .pwm, !body.has("value") { body.note("value", "missing", expected: "a number from 0 to 1 with PWM") }
        try body.finish()
        guard let verb else { preconditionFailure("a missing command passed as \(body)") }
        let record = try await service.command(
            CommandRequest(
                device: device, gpio: gpio, verb: verb, value: value, durationSeconds: duration,
                issuedBy: context.caller))
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
