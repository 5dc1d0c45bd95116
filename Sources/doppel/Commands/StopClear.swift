import ArgumentParser

/// `doppel stop clear`.
struct StopClear: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Release every stop. Switches nothing on.",
        discussion: "Devices refuse to be cleared in the first 5 s after a stop; Doppel asks them again. "
            + ClientExit.explanation)

    @OptionGroup var options: ClientOptions

    func run() async throws {
        try await options.converse(.clearing) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Releases the stops and shows what is left.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let answer = try await session.client.post("/api/v1/emergency-stop/clear", nil)
        session.show(answer, StopSheet.lines)
        guard StopSheet.isHolding(answer.value) else {
            session.console.tell("Nothing was switched on again; every output stays off until a fresh command.")
            return ClientExit.success
        }
        session.console.tell("A stop still holds.")
        return ClientExit.failed
    }
}
