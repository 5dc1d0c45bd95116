import ArgumentParser
import Foundation
import TwinCore

/// `doppel stop --all`, `doppel stop --device ID`.
struct StopNow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "now", abstract: "Stop everything, or one device (this is what `doppel stop` does).",
        discussion: "Exit status 0 says that every output was seen off. \(ClientExit.explanation)")

    /// The longest reason, in characters.
    static let maximumReasonLength = 500
    /// How long to rest between two looks at the scoreboard, in milliseconds.
    static let pauseMilliseconds = 250

    @OptionGroup var options: ClientOptions

    @Flag(help: "Stop every device.")
    var all = false

    @Option(help: "Stop one device.")
    var device: DeviceID?

    @Option(help: "Why; kept with the stop.")
    var reason = "stopped from the command line"

    @Option(help: "For how many seconds to wait until every output was seen off, 0 to 300.")
    var wait = 10

    func validate() throws {
        if all == (device != nil) {
            throw ValidationError("Say what to stop: either --all or --device ID.")
        }
        if !(1...Self.maximumReasonLength).contains(reason.count) {
            throw ValidationError("--reason must have 1 to \(Self.maximumReasonLength) characters.")
        }
        if !(0...300).contains(wait) {
            throw ValidationError("--wait must be a whole number of seconds from 0 to 300.")
        }
    }

    func run() async throws {
        try await options.converse(.stopping) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Triggers the stop, then looks at the scoreboard until every output was seen off or the time is up.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let path = "/api/v1/emergency-stop"
        var answer = try await session.client.post(path, body)
        let deadline = ContinuousClock.now.advanced(by: .seconds(wait))
        while !StopSheet.score(answer.value).isComplete, ContinuousClock.now < deadline {
            guard (try? await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))) != nil else { break }
            do {
                answer = try await session.client.get(path)
            } catch {
                // The stop was taken; that the board cannot be read now changes nothing about it.
                session.console.tell("The stop was taken, but its scoreboard cannot be read any more.")
                break
            }
        }
        session.show(answer, StopSheet.lines)
        let score = StopSheet.score(answer.value)
        for line in StopSheet.advice(score) { session.console.tell(line) }
        return score.isComplete ? ClientExit.success : ClientExit.failed
    }

    /// The request as JSON.
    var body: [UInt8] {
        struct Device: Encodable { var device: String }
        struct Everything: Encodable {
            var scope = "all"
            var reason: String
        }
        struct One: Encodable {
            var scope: Device
            var reason: String
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let request: any Encodable =
            if let device {
                One(scope: Device(device: device.description), reason: reason)
            } else {
                Everything(reason: reason)
            }
        guard let bytes = try? encoder.encode(request) else { preconditionFailure("no JSON from \(request)") }
        return Array(bytes)
    }
}
