import ArgumentParser

/// `doppel supervision restart`.
struct SupervisionRestart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Restart one part; the others go on.",
        discussion: "Outputs are not touched. While `process` restarts, devices cannot be reached for a few seconds. "
            + ClientExit.explanation)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The part's name or path, such as gateway or root/broker/process.")
    var node: String

    func validate() throws {
        if SupervisionSheet.encoded(node).isEmpty { throw ValidationError("Say which part, such as gateway.") }
    }

    func run() async throws {
        try await options.converse(.restarting) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Asks for the restart and shows the tree as it stands then.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let path = "/api/v1/supervision/\(SupervisionSheet.encoded(node))/restart"
        session.show(try await session.client.post(path, nil), SupervisionSheet.lines)
        session.console.tell("The restart has begun; `doppel supervision` shows how it goes.")
        return ClientExit.success
    }
}
