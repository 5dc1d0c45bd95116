import ArgumentParser
import TwinCore

/// `doppel twin approve`.
struct TwinApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Let a device take part.",
        discussion: "Its messages count from then on, and its actuators may be commanded. " + ClientExit.explanation)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    func run() async throws {
        try await options.converse(.commanding) { session async throws(ClientFailure) in
            try await session.admit(device, "approve")
        }
    }

}
