import ArgumentParser
import TwinCore

/// `doppel twin lockout`.
struct TwinLockout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lockout", abstract: "Hang a tag on an output while somebody works on it.",
        discussion: """
            The output is switched off at once, and nothing switches it on until the tag is taken away by who hung it, or \
            its time is up. It does not replace a padlock on the isolator. \(ClientExit.explanation)
            """)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    @Argument(help: "The actuator's pin, 0 to 48.")
    var gpio: GPIO

    @Option(help: "Why, 1 to 200 bytes.")
    var reason: String

    @Option(name: .customLong("for"), help: "For how long, such as 30m, 2h or 1d; a week at most.")
    var span: TimeSpan

    @Option(help: "Who hangs it, and alone takes it away (default: this machine's address).")
    var name: String?

    @Option(help: "For how many seconds to wait until the output was seen off, 0 to 30.")
    var wait = 5

    func validate() throws {
        if !(0...30).contains(wait) { throw ValidationError("--wait must be a whole number of seconds from 0 to 30.") }
        if !(1...Lockout.maximumSeconds).contains(span.seconds) {
            throw ValidationError("--for must be at most a week (7d).")
        }
        for (option, text) in [("reason", reason), ("name", name ?? "-")]
        where !(1...Lockout.maximumTextBytes).contains(text.utf8.count) {
            throw ValidationError("--\(option) must have 1 to \(Lockout.maximumTextBytes) bytes.")
        }
    }

    func run() async throws {
        try await options.converse(.commanding) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Hangs the tag, and says whether the output was seen off.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let path = "/api/v1/twins/\(device)/actuators/\(gpio)"
        var answer = try await session.client.put("\(path)/lockout", Array(body.utf8))
        let deadline = ContinuousClock.now.advanced(by: .seconds(wait))
        while !Self.isSeenOff(answer.value), ContinuousClock.now < deadline {
            guard (try? await Task.sleep(for: .milliseconds(StopNow.pauseMilliseconds))) != nil else { break }
            answer = try await session.client.get(path)
        }
        session.show(answer) { TwinSheet.actuator($0, now: session.now) }
        let isOff = Self.isSeenOff(answer.value)
        session.console.tell(
            isOff
                ? "The tag hangs, and the output was seen off. Isolate it all the same before you reach in."
                : "The tag hangs, but the output was NOT SEEN OFF yet. To do: `doppel twin show \(device)`, and look.")
        return isOff ? ClientExit.success : ClientExit.failed
    }

    private static func isSeenOff(_ actuator: WireValue) -> Bool {
        actuator["confirmed"]?["on"]?.flag == false && actuator["safe_state"] == nil
    }

    /// The request as JSON.
    var body: String {
        let who = name.map { "\"name\":\(JSONText.quoted($0))," } ?? ""
        return "{\(who)\"reason\":\(JSONText.quoted(reason)),\"expires_in_seconds\":\(span.seconds)}"
    }
}
