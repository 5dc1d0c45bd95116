import ArgumentParser
import TwinCore

/// `doppel twin measure`.
struct TwinMeasure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Ask a device to measure now.",
        discussion: "The reading comes as ordinary sensor data. " + ClientExit.explanation)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    @Argument(help: "The sensor's pin, 0 to 48.")
    var gpio: GPIO

    @Option(help: "For how many seconds to wait for the device's answer, 0 to 30.")
    var wait = 10

    func validate() throws { try OperationSheet.checkWait(wait) }

    func run() async throws {
        try await options.converse(.commanding) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Asks, waits as long as asked, and says what became of it.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let answer = try await session.client.post(
            "/api/v1/twins/\(device)/sensors/\(gpio)/measure", Array("{}".utf8), wait: wait)
        return session.showOperation(answer, of: device, waited: wait)
    }
}
