import FoundationEssentials
import NIOCore
import Synchronization
import TwinRuntime

/// Understands what the client of a WebSocket says, and puts the answers into its outbox.
final class SocketListener: Sendable {
    /// What a message may be.
    private enum Word: String, CaseIterable {
        case emergencyStop = "emergency_stop"
        case ping, subscribe

        var members: [String] {
            switch self {
            case .emergencyStop: StopReader.members
            case .ping: []
            case .subscribe: ["topics"]
            }
        }
    }

    /// What a client may be told without asking each time.
    private enum Topic: String, CaseIterable {
        case events, scoreboard
    }

    /// What waits for the client.
    let outbox: Outbox
    private let endpoints: Endpoints
    private let caller: String
    private let state = Mutex(State())

    private struct State {
        var isWatching = false
        var topics: [Topic] = []
        var scoreboard: ScoreboardReading?
    }

    init(endpoints: Endpoints, outbox: Outbox, caller: String) {
        self.endpoints = endpoints
        self.outbox = outbox
        self.caller = caller
    }

    /// Does what a message asks, and answers it; what cannot be understood is answered with what is wrong.
    ///
    /// - Returns: Whether the client reads its answers.
    func hear(_ bytes: ByteBuffer, isText: Bool) async -> Bool {
        let message = isText ? try? JSONDecoder().decode(JSONValue.self, from: Data(bytes.readableBytesView)) : nil
        // Whatever is wrong with a message, its answer carries its id.
        let id = message?["id"].flatMap(Self.id)
        do {
            guard let message else { throw Problem.malformed("a message is one text frame with a JSON object") }
            return outbox.reply(try await answer(message, id))
        } catch let problem as Problem {
            return outbox.reply(Self.error(problem, id))
        } catch let error as ServiceError {
            return outbox.reply(Self.error(Problem(error), id))
        } catch {
            return outbox.reply(Self.error(.internal, id))
        }
    }

    private func answer(_ message: JSONValue, _ id: JSONValue?) async throws -> JSONValue {
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        let given = message["type"]?.asText.flatMap(Word.init)
        var body = try BodyReader(message, known: ["type", "id"] + (given ?? .emergencyStop).members)
        guard let word = body.required("type", expected: "one of \(words)", { $0.asText.flatMap(Word.init) }) else {
            // Members of an unknown word cannot be judged.
            let wrong = message["type"].map { "\($0.text.prefix(100)) is not usable" } ?? "missing"
            throw Problem.invalid("type", wrong, expected: "one of \(words)")
        }
        _ = body.optional("id", expected: "text of at most 100 characters, or a whole number", Self.id)
        switch word {
        case .ping:
            try body.finish()
            return Self.named("pong", id)
        case .emergencyStop:
            let stop = StopReader.stop(in: &body, issuedBy: caller)
            try body.finish()
            guard let stop else { preconditionFailure("a missing scope or reason passed as \(body)") }
            return Self.named("stop_report", id).adding(try await endpoints.service.stop(stop).json.members)
        case .subscribe:
            let expected = "a list of \(Topic.allCases.map(\.rawValue).joined(separator: ", "))"
            let topics = body.required("topics", expected: expected, Self.topics)
            try body.finish()
            subscribe(to: topics ?? [])
            let names = (topics ?? []).map { JSONValue.string($0.rawValue) }
            return Self.named("subscribed", id).adding([.init(name: "topics", value: .array(names))])
        }
    }

    /// What goes to the client for something that waits; `nil` for nothing.
    func message(for item: Outbox.Item) -> JSONValue? {
        switch item {
        case .reply(let answer): return answer
        case .heartbeat: return nil
        case .lost(let count, let total):
            return ["type": "lost", "lost": JSONValue(count), "total": JSONValue(total)]
        case .fact(let fact, let number):
            return ["type": "fact", "number": .integer(Int64(clamping: number)), "fact": fact.json]
        case .scoreboard:
            let (reading, topics) = state.withLock { ($0.scoreboard, $0.topics) }
            guard topics.contains(.scoreboard), let update = reading?.next() else { return nil }
            switch update {
            case .whole(let report): return Self.named("scoreboard", nil).adding(report.members)
            case .changed(let change): return Self.named("scoreboard_changed", nil).adding(change.members)
            }
        }
    }

    /// Tells the client of these topics from now on, and of no others.
    private func subscribe(to topics: [Topic]) {
        let wantsEvents = topics.contains(.events)
        let begins = state.withLock { state -> Bool in
            state.topics = topics
            state.scoreboard = nil
            defer { state.isWatching = state.isWatching || wantsEvents }
            return wantsEvents && !state.isWatching
        }
        if wantsEvents { outbox.want { _ in true } } else { outbox.want(nil) }
        if begins { endpoints.service.watch(outbox) }
        if topics.contains(.scoreboard) {
            let reading = endpoints.scoreboards.subscribe(outbox)
            state.withLock { $0.scoreboard = reading }
            outbox.noteScoreboard()
        }
    }

    private static func topics(_ given: JSONValue) -> [Topic]? {
        guard case .array(let elements) = given else { return nil }
        let topics = elements.compactMap { $0.asText.flatMap(Topic.init) }
        return topics.count == elements.count && Set(topics).count == topics.count ? topics : nil
    }

    /// What the client calls a message, if it may.
    private static func id(_ given: JSONValue) -> JSONValue? {
        switch given {
        case .string(let text) where text.count <= 100: given
        case .integer: given
        case .null, .bool, .number, .string, .array, .object: nil
        }
    }

    private static func named(_ type: String, _ id: JSONValue?) -> JSONValue {
        let name = JSONValue.Member(name: "type", value: .string(type))
        return .object([name] + (id.map { [.init(name: "id", value: $0)] } ?? []))
    }

    private static func error(_ problem: Problem, _ id: JSONValue?) -> JSONValue {
        // The document's own `type` would hide the message's.
        let rest = problem.document(requestID: "").members.filter { !["type", "request_id"].contains($0.name) }
        return named("error", id).adding([.init(name: "problem", value: .string(problem.word))] + rest)
    }
}
