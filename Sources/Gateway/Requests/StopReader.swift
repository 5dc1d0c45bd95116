import TwinCore
import TwinRuntime

/// Reads what an emergency stop says, over whichever way it comes.
enum StopReader {
    /// The members of an emergency stop.
    static let members = ["scope", "reason"]

    /// Takes the stop out of a body; whoever has read the rest of the body ends the reading.
    ///
    /// - Returns: `nil` when something is wrong with it, which the body knows.
    static func stop(in body: inout BodyReader, issuedBy: String) -> StopRequest? {
        let scope = body.required("scope", expected: #""all" or {"device": "ESP_…"}"#, scope)
        let longest = GatewayLimits.reasonCharacters
        let reason = body.required("reason", expected: "text of 1 to \(longest) characters") { given in
            given.asText.flatMap { (1...longest).contains($0.count) ? $0 : nil }
        }
        guard let scope, let reason else { return nil }
        return StopRequest(scope: scope, reason: reason, issuedBy: issuedBy)
    }

    /// What a stop covers, as a caller writes it; `nil` when it cannot be understood.
    static func scope(_ given: JSONValue) -> StopScope? {
        switch given {
        case .string("all"): .all
        case .object(let members) where members.count == 1:
            given["device"]?.asText.flatMap { DeviceID($0) }.map { .device($0) }
        default: nil
        }
    }
}
