import ArgumentParser
import TwinCore

/// `doppel twin delete`.
struct TwinDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a device.",
        discussion: """
            Its outputs are driven to their safe state, what was known of it is forgotten except what a stop needs, and it is answered that it is \
            not wanted, until it is approved again. \(ClientExit.explanation)
            """)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    func run() async throws {
        try await options.converse(.commanding) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Asks for the removal and shows the twin as it stands then.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let answer = try await session.client.delete("/api/v1/twins/\(device)")
        session.show(answer) { TwinSheet.list([$0], now: session.now) }
        return ClientExit.success
    }
}
