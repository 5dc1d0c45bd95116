import ArgumentParser

/// `doppel stop clear`.
struct StopClear: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Release every stop, or one. Switches nothing on.",
        discussion: "Devices refuse to be cleared in the first 5 s after a stop; Doppel asks them again. "
            + ClientExit.explanation)

    @OptionGroup var options: ClientOptions

    @Argument(help: "Only this stop, named as in `doppel stop status` (default: all).")
    var incident: String?

    func run() async throws {
        try await options.converse(.clearing) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Releases the stops and shows what is left.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let body = incident.map { Array("{\"incident\":\(JSONText.quoted($0))}".utf8) }
        let answer = try await session.client.post("/api/v1/emergency-stop/clear", body)
        session.show(answer) { StopSheet.lines($0) }
        guard StopSheet.isHolding(answer.value) else {
            session.console.tell("Nothing was switched on again; every output stays off until a fresh command.")
            return ClientExit.success
        }
        guard let incident else {
            session.console.tell("A stop still holds.")
            return ClientExit.failed
        }
        session.console.tell("\(incident) is released; the other stops hold. Nothing was switched on again.")
        return ClientExit.success
    }
}
