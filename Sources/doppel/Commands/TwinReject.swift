import ArgumentParser
import TwinCore

/// `doppel twin reject`.
struct TwinReject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Exclude a device.",
        discussion: "Its outputs are driven to their safe state, and its messages have no effect any more. "
            + ClientExit.explanation)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    func run() async throws {
        try await options.converse(.commanding) { session async throws(ClientFailure) in
            try await session.admit(device, "reject")
        }
    }

}
