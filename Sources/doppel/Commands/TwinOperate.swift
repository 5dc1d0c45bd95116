import ArgumentParser
import TwinCore

/// `doppel twin operate`.
struct TwinOperate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operate", abstract: "Ask a device to do something beside switching its outputs.",
        discussion: """
            Operations: measure gpio=, status, diagnostics, get_config, safe_mode, exit_safe_mode, set_log_level level=, \
            onewire_scan [gpio=], factory_reset confirm=true, set_emergency_token token= use=esp|broadcast, \
            update_credentials enabled= username= password=, isolate_subzone subzone= isolated= reason=. \
            \(ClientExit.explanation)
            """)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    @Argument(help: "The operation.")
    var operation: String

    @Argument(help: "Its parameters, as name=value.")
    var parameters: [String] = []

    @Option(help: "For how many seconds to wait for the device's answer, 0 to 30.")
    var wait = 10

    func validate() throws {
        try OperationSheet.checkWait(wait)
        for parameter in parameters where !parameter.contains("=") || parameter.hasPrefix("=") {
            throw ValidationError("'\(parameter)' is no parameter; it looks like gpio=4.")
        }
    }

    func run() async throws {
        try await options.converse(.commanding) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Asks, waits as long as asked, and says what became of it.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let answer = try await session.client.post(
            "/api/v1/twins/\(device)/operations", Array(body.utf8), wait: wait)
        return session.showOperation(answer, of: device, waited: wait)
    }

    /// The request as JSON: whole numbers and truth values where a value is one, and text where the member wants text.
    var body: String {
        var members = ["\"operation\":\(JSONText.quoted(operation))"]
        for parameter in parameters {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let (name, value) = (String(parts[0]), String(parts[1]))
            let isBare = Self.bareMembers.contains(name) && (Int(value) != nil || value == "true" || value == "false")
            members.append("\(JSONText.quoted(name)):\(isBare ? value : JSONText.quoted(value))")
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// Members that are numbers or truth values; a token of digits is still a text.
    private static let bareMembers: Set = ["gpio", "timeout_ms", "confirm", "enabled", "force_reconnect", "isolated"]
}
