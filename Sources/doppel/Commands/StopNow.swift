import ArgumentParser

/// `doppel stop --all`, `doppel stop --zone ZONE`, and the other scopes.
struct StopNow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "now", abstract: "Stop everything, or a part of it (this is what `doppel stop` does).",
        discussion: """
            Nothing outside the scope is touched. A drill stops all the same, and is marked as one. Exit status 0 says \
            that every output was seen off. \(ClientExit.explanation)
            """)

    /// The longest reason, in characters.
    static let maximumReasonLength = 500
    /// How long to rest between two looks at the scoreboard, in milliseconds.
    static let pauseMilliseconds = 250

    @OptionGroup var options: ClientOptions

    @OptionGroup var scope: StopScopeOptions

    @Flag(help: "An exercise: it stops all the same, and its times are reported.")
    var drill = false

    @Option(help: "Why; kept with the stop.")
    var reason = "stopped from the command line"

    @Option(help: "For how many seconds to wait until every output was seen off, 0 to 300.")
    var wait = 10

    func validate() throws {
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
        session.show(answer) { StopSheet.lines($0) }
        let score = StopSheet.score(answer.value)
        for line in StopSheet.advice(score) { session.console.tell(line) }
        // The newest stop is the one that was just ordered.
        if !scope.all, let newest = answer.value["timings"]?.items.last, newest["total"]?.number == 0 {
            session.console.tell(
                "The stop holds NOTHING: no known output is in its scope. To do: check the name (`doppel twin list`); "
                    + "if in doubt, `doppel stop --all`.")
            return ClientExit.failed
        }
        return score.isComplete ? ClientExit.success : ClientExit.failed
    }

    /// The request as JSON.
    var body: [UInt8] {
        let members =
            (drill ? [#""drill":true"#] : []) + [
                "\"reason\":\(JSONText.quoted(reason))", "\"scope\":\(scope.json)",
            ]
        return Array("{\(members.joined(separator: ","))}".utf8)
    }
}
