import TwinCore
import TwinRuntime

/// Reads what an emergency stop says, over whichever way it comes.
enum StopReader {
    /// The members of an emergency stop.
    static let members = ["scope", "reason", "drill"]

    /// Takes the stop out of a body; whoever has read the rest of the body ends the reading.
    ///
    /// - Returns: `nil` when something is wrong with it, which the body knows.
    static func stop(in body: inout BodyReader, issuedBy: String) -> StopRequest? {
        let scope = body.required("scope", expected: ScopeReader.expectation) { $0 }.flatMap { given in
            ScopeReader.scope(given, noting: &body)
        }
        let longest = GatewayLimits.reasonCharacters
        let reason = body.required("reason", expected: "text of 1 to \(longest) characters") { given in
            given.asText.flatMap { (1...longest).contains($0.count) ? $0 : nil }
        }
        let isDrill = body.optional("drill", expected: "true or false") { $0.asFlag }
        guard let scope, let reason else { return nil }
        return StopRequest(scope: scope, reason: reason, issuedBy: issuedBy, isDrill: isDrill ?? false)
    }
}
