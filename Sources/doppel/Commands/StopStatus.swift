import ArgumentParser
import Foundation

/// `doppel stop status`.
struct StopStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show which stops hold, and the scoreboard.",
        discussion: """
            With --follow the scoreboard is shown again with every change, until Ctrl-C; with --json each event of the \
            stream is one line. \(ClientExit.explanation)
            """)

    @OptionGroup var options: ClientOptions

    @Flag(help: "Show every change as it happens, until Ctrl-C.")
    var follow = false

    func run() async throws {
        // Every sheet is written at once, so there is nothing to flush and a handler may simply leave.
        if follow { signal(SIGINT) { _ in _exit(ClientExit.success) } }
        let isTerminal = isatty(STDOUT_FILENO) == 1
        try await options.converse(.reading) { session async throws(ClientFailure) in
            follow ? try await watch(session, isTerminal: isTerminal) : try await perform(session)
        }
    }

    /// Asks for the report and shows it.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        session.show(try await session.client.get("/api/v1/emergency-stop")) { StopSheet.lines($0) }
        return ClientExit.success
    }

    /// Shows the scoreboard with every change until the server ends the stream.
    ///
    /// - Parameter isTerminal: Whether each sheet takes the place of the one before.
    func watch(_ session: ClientSession, isTerminal: Bool) async throws(ClientFailure) -> Int32 {
        var board = StopBoard()
        try await session.client.follow("/api/v1/emergency-stop/stream") { event in
            guard board.take(event) else { return }
            guard !session.isJSON else { return session.console.show(event.data) }
            let sheet = StopSheet.lines(board.report, maximumRows: StopBoard.maximumRows)
            if isTerminal { session.console.write(Array("\u{1B}[H\u{1B}[2J".utf8)) }
            for line in sheet { session.console.show(line) }
            if !isTerminal { session.console.show("") }
        }
        session.console.tell("The server ended the stream; it is stopping, or this watcher was too slow.")
        return ClientExit.unreachable
    }
}
