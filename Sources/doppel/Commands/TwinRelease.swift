import ArgumentParser
import TwinCore

/// `doppel twin release`.
struct TwinRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let a quarantined twin take part again.",
        discussion: """
            A twin at which Doppel failed three times within a minute is quarantined: its outputs are switched off and stay \
            so. Releasing it switches nothing on. \(ClientExit.explanation)
            """)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    func run() async throws {
        try await options.converse(.commanding) { session async throws(ClientFailure) in
            try await session.admit(device, "release")
        }
    }
}
