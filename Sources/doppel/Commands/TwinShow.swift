import ArgumentParser
import TwinCore

/// `doppel twin show`.
struct TwinShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one twin with its sensors and actuators.",
        discussion: ClientExit.explanation)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    func run() async throws {
        try await options.converse(.reading) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Asks for the twin and shows it.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let answer = try await session.client.get("/api/v1/twins/\(device)")
        session.show(answer) { TwinSheet.show($0, now: session.now) }
        return ClientExit.success
    }
}
