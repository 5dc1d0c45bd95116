import Hummingbird
import TwinCore
import TwinRuntime

/// Reads what a command says.
///
/// Numbers that a limit can judge are left to the gate, so that its verdict stands in one place; only what is no
/// number, or no duration at all, is refused here.
enum CommandReader {
    private static let members = ["command", "value", "duration_seconds", "renews", "revision", "seconds"]

    /// Takes the command out of a request.
    static func command(
        _ request: Request, to output: OutputAddress, issuedBy: String
    ) async throws -> CommandRequest {
        let key = try IdempotencyKey.read(request)
        var body = try await BodyReader(request, known: members)
        let renews = body.optional("renews", expected: idExpectation, id)
        let verb = verb(in: &body)
        let value = body.optional("value", expected: "a number from 0 to 1") { $0.asNumber }
        let duration = body.optional("duration_seconds", expected: "a whole number of seconds, at least 1") { given in
            given.asInteger.flatMap { $0 >= 1 ? $0 : nil }
        }
        let revision = body.optional("revision", expected: "the output's revision as its twin shows it") { given in
            given.asInteger.flatMap { UInt64(exactly: $0) }
        }
        let seconds = body.optional("seconds", expected: idExpectation, id)
        try body.finish()
        guard let verb else { preconditionFailure("a missing command passed as \(body)") }
        return CommandRequest(
            device: output.device, gpio: output.gpio, verb: verb, value: value, durationSeconds: duration,
            // An OFF prolongs nothing, whatever else is said with it.
            issuedBy: issuedBy, renews: verb == .off ? nil : renews, seenRevision: revision, seconds: seconds,
            idempotencyKey: key)
    }

    /// The word used; a renewal needs none, because it keeps the drive of the lease.
    private static func verb(in body: inout BodyReader) -> CommandOrder.Verb? {
        let expected = "ON, OFF, PWM or TOGGLE"
        guard body.has("renews") else {
            let verb = body.required("command", expected: expected) { $0.asText.flatMap(CommandOrder.Verb.init) }
            if verb == .pwm, !body.has("value") {
                body.note("value", "missing", expected: "a number from 0 to 1 with PWM")
            }
            return verb
        }
        let verb = body.optional("command", expected: expected) { $0.asText.flatMap(CommandOrder.Verb.init) } ?? .on
        if verb == .toggle {
            body.note("command", "TOGGLE cannot renew", expected: "no command, which keeps the drive; OFF to end it")
        }
        if verb != .off { body.refuse(["value"], because: "a renewal keeps the level of the lease") }
        return verb
    }

    private static let idExpectation = "a command's id, such as c-0123456789abcdef"

    private static func id(_ given: JSONValue) -> CommandID? { given.asText.flatMap { CommandID(fromOutside: $0) } }
}
