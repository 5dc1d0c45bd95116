import ArgumentParser
import Foundation
import TwinCore

/// `doppel twin watch`.
struct TwinWatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Show events as they happen, until Ctrl-C.",
        discussion: """
            One line an event; with --json, one JSON object a line. Ctrl-C ends with status 0: it is the way to end it. \
            When the server goes away the status is 3. \(ClientExit.explanation)
            """)

    @OptionGroup var options: ClientOptions

    @Argument(help: "Only events of this device, and those of the whole site.")
    var device: DeviceID?

    func run() async throws {
        // Every line is written at once, so there is nothing to flush and a handler may simply leave.
        signal(SIGINT) { _ in _exit(ClientExit.success) }
        try await options.converse(.reading) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Follows the events until the server ends them.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let path = "/api/v1/events" + (device.map { "?device=\($0)" } ?? "")
        try await session.client.follow(path) { event in
            session.console.show(session.isJSON ? event.data : EventLine.text(event))
        }
        session.console.tell("The server ended the stream of events; it is stopping, or this watcher was too slow.")
        return ClientExit.unreachable
    }
}
