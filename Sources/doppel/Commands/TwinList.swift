public import ArgumentParser
public import TwinCore

/// `doppel twin list`.
struct TwinList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List twins, one line each.", discussion: ClientExit.explanation)

    /// The most twins that are asked for at once.
    static let pageSize = 500

    @OptionGroup var options: ClientOptions

    @Option(help: "Only those that stand so: pending_approval, approved, online, offline, rejected or deleted.")
    var status: DeviceStatus?

    @Option(help: "Only those in this zone.")
    var zone: String?

    @Option(help: "Only those with a sensor or an actuator of this kind.")
    var type: String?

    @Option(help: "With --json: how many at most.")
    var limit: Int?

    @Option(help: "With --json: the `next_cursor` of the page before.")
    var cursor: String?

    func validate() throws {
        if let limit, !(1...Self.pageSize).contains(limit) {
            throw ValidationError("--limit must be a whole number from 1 to \(Self.pageSize).")
        }
        if !options.json, limit != nil || cursor != nil {
            throw ValidationError("--limit and --cursor need --json; without it all twins are listed.")
        }
    }

    func run() async throws {
        try await options.converse(.reading) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Asks for one page (JSON) or for all of them (a table).
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        var answer = try await session.client.get(path(cursor: cursor))
        if session.isJSON {
            session.show(answer) { _ in [] }
            return ClientExit.success
        }
        var twins = answer.value["items"]?.items ?? []
        while let next = answer.value["next_cursor"]?.text {
            answer = try await session.client.get(path(cursor: next))
            let page = answer.value["items"]?.items ?? []
            // A server that never comes to an end must not keep us for ever.
            guard !page.isEmpty else { break }
            twins += page
        }
        for line in TwinSheet.list(twins, now: session.now) { session.console.show(line) }
        return ClientExit.success
    }

    private func path(cursor: String?) -> String {
        QueryPath.text(
            "/api/v1/twins",
            [
                ("status", status?.rawValue), ("zone", zone), ("type", type),
                ("limit", String(limit ?? Self.pageSize)), ("cursor", cursor),
            ])
    }
}

extension DeviceStatus: ExpressibleByArgument {}
