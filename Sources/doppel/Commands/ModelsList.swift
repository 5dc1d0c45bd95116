import ArgumentParser

/// `doppel models list`.
struct ModelsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the models that a running Doppel uses, one line each.",
        discussion: "Says also why the files as they are now are not in use, where they are not. "
            + ClientExit.explanation)

    @OptionGroup var options: ClientOptions

    func run() async throws {
        try await options.converse(.reading) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Asks for the models and shows them.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        session.show(try await session.client.get("/api/v1/models"), ModelSheet.lines(_:))
        return ClientExit.success
    }
}
