import ArgumentParser

/// `doppel supervision show`.
struct SupervisionShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the supervisor tree (this is what `doppel supervision` does).",
        discussion: "A parent is as bad as its worst part. " + ClientExit.explanation)

    @OptionGroup var options: ClientOptions

    func run() async throws {
        try await options.converse(.reading) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Asks for the tree and shows it.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        session.show(try await session.client.get("/api/v1/supervision"), SupervisionSheet.lines)
        return ClientExit.success
    }
}
