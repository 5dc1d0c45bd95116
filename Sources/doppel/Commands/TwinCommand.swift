import ArgumentParser
import Foundation
import TwinCore

/// `doppel twin command`.
struct TwinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "command", abstract: "Ask the gate to switch an actuator.",
        discussion: """
            ON and PWM energise: the gate may refuse, and the output switches itself off when its lease ends. OFF is \
            never refused. --renew prolongs a lease of your own with the same level and needs no command. Dangerous \
            outputs ask for the --revision that `doppel twin show` shows, very dangerous ones for a second person. \
            With --wait the status says whether the device showed the effect; with --wait 0 only \
            whether the gate took the command. \(ClientExit.explanation)
            """)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    @Argument(help: "The actuator's pin, 0 to 48.")
    var gpio: GPIO

    @Argument(help: "ON, OFF, PWM or TOGGLE.")
    var command: CommandOrder.Verb?

    @Option(help: "The level, 0 to 1 (default: the command's own).")
    var value: Double?

    @Option(help: "How long it stays on, in seconds (default: the kind's own lease).")
    var duration: Int?

    @Option(help: "Prolong the lease of this command, with the same level.")
    var renew: String?

    @Option(help: "The revision of the output that you saw; dangerous outputs ask for it.")
    var revision: UInt64?

    @Option(help: "Second this refused command of another person, by asking for the same.")
    var second: String?

    @Option(help: "A key of your own, 1 to 128 characters: the same key never makes a second command.")
    var key: String?

    @Option(help: "For how many seconds to wait for the device to show the effect, 0 to 30.")
    var wait = 5

    func validate() throws {
        if command == nil, renew == nil {
            throw ValidationError("Say what the output is to do: ON, OFF, PWM or TOGGLE; or --renew ID.")
        }
        if renew != nil, value != nil || command == .toggle {
            throw ValidationError("--renew keeps the level: leave --value and the command out.")
        }
        let printable = UInt8(ascii: " ")...UInt8(ascii: "~")
        if let key,
            !(1...CommandOrder.maximumKeyBytes).contains(key.utf8.count) || !key.utf8.allSatisfy(printable.contains)
        {
            throw ValidationError("--key must have 1 to \(CommandOrder.maximumKeyBytes) printable ASCII characters.")
        }
        if let value, !(0...1).contains(value) { throw ValidationError("--value must be a number from 0 to 1.") }
        if command == .pwm, value == nil, renew == nil {
            throw ValidationError("PWM needs --value, a number from 0 to 1.")
        }
        if let duration, !(1...86_400).contains(duration) {
            throw ValidationError("--duration must be a whole number of seconds from 1 to 86400.")
        }
        if !(0...30).contains(wait) { throw ValidationError("--wait must be a whole number of seconds from 0 to 30.") }
    }

    func run() async throws {
        try await options.converse(.commanding) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Sends the command, waits as long as asked, and says what became of it.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let answer = try await session.client.post(
            "/api/v1/twins/\(device)/actuators/\(gpio)/commands", Array(body.utf8), wait: wait, key: key)
        session.show(answer, CommandSheet.lines)
        let verdict = CommandSheet.verdict(answer.value["state"]?.text, waited: wait, device: device.description)
        if let message = verdict.message { session.console.tell(message) }
        return verdict.status
    }

    /// The request as JSON.
    ///
    /// Only checked words, finite numbers and quoted text go in.
    var body: String {
        var members: [String] = []
        if let command { members.append("\"command\":\"\(command.rawValue)\"") }
        if let value { members.append("\"value\":\(value)") }
        if let duration { members.append("\"duration_seconds\":\(duration)") }
        if let renew { members.append("\"renews\":\(JSONText.quoted(renew))") }
        if let revision { members.append("\"revision\":\(revision)") }
        if let second { members.append("\"seconds\":\(JSONText.quoted(second))") }
        return "{\(members.joined(separator: ","))}"
    }
}
