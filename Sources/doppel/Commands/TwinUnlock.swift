import ArgumentParser
import TwinCore

/// `doppel twin unlock`.
struct TwinUnlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Take a tag of one's own away from an output.",
        discussion: "Nothing is switched on by it. \(ClientExit.explanation)")

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    @Argument(help: "The actuator's pin, 0 to 48.")
    var gpio: GPIO

    @Option(help: "Who hung it (default: this machine's address).")
    var name: String?

    func run() async throws {
        try await options.converse(.commanding) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Takes the tag away and shows the output as it stands then.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let query = name.map { "?name=\(SupervisionSheet.encoded($0))" } ?? ""
        let answer = try await session.client.delete("/api/v1/twins/\(device)/actuators/\(gpio)/lockout\(query)")
        session.show(answer) { TwinSheet.actuator($0, now: session.now) }
        session.console.tell("No tag hangs on it any more. Nothing was switched on.")
        return ClientExit.success
    }
}
