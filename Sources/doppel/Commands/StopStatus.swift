import ArgumentParser

/// `doppel stop status`.
struct StopStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show which stops hold, and the scoreboard.",
        discussion: ClientExit.explanation)

    @OptionGroup var options: ClientOptions

    func run() async throws {
        try await options.converse(.reading) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Asks for the report and shows it.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        session.show(try await session.client.get("/api/v1/emergency-stop"), StopSheet.lines)
        return ClientExit.success
    }
}
