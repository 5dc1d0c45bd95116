public import Logging
import Synchronization
import TwinCore
public import TwinRuntime

/// Tells an operator when PostgreSQL goes away and comes back, for all that use it: one voice, in few lines.
///
/// Whoever uses PostgreSQL notes here how it fares; each attempt by itself goes to the log for debugging only.
public final class OutageReport: Sendable {
    /// What uses PostgreSQL.
    public struct Part: Sendable {
        let name: String
        /// Whether it is a connection; what fails without one is no news while one is down.
        let isLink: Bool
        /// What is wrong while it fails.
        let headline: String
        /// What does not happen meanwhile.
        let effect: String

        /// A connection, by its name in the supervision tree.
        public static func link(_ name: String, effect: String) -> Part {
            Part(name: name, isLink: true, headline: "A connection to PostgreSQL fails", effect: effect)
        }

        /// What works through a connection.
        public static func work(_ name: String, headline: String, effect: String) -> Part {
            Part(name: name, isLink: false, headline: headline, effect: effect)
        }
    }

    /// What waits in the journal.
    public struct Waiting: Sendable {
        let rows: Int
        let room: String

        /// Puts it together.
        ///
        /// - Parameter room: How much room it takes, of how much, and what follows beyond that.
        public init(rows: Int, room: String) {
            self.rows = rows
            self.room = room
        }
    }

    private struct State {
        var outage = HistoryOutage()
        var parts: [String: Part] = [:]
        var linkCount = 0
        var timer: (any LoopTimer)?
        /// The most rows that waited during the outage.
        var mostRows = 0

        /// Whether a connection is down.
        var lacksLink: Bool { outage.troubles.contains { parts[$0.part]?.isLink == true } }
    }

    private let server: String
    private let loop: any Loop
    private let logger: Logger
    private let waiting: @Sendable () -> Waiting
    private let state = Mutex(State())

    /// Makes a report that has nothing to tell yet.
    ///
    /// - Parameters:
    ///   - server: Where the server is, without a password.
    ///   - waiting: Asked on the loop.
    public init(server: String, on loop: any Loop, logger: Logger, waiting: @escaping @Sendable () -> Waiting) {
        self.server = server
        self.loop = loop
        self.logger = logger
        self.waiting = waiting
    }

    /// A link's events, beside what its owner wants of them.
    public func events(of part: Part, _ events: PostgresLinkEvents = PostgresLinkEvents()) -> PostgresLinkEvents {
        let note = note(of: part)
        state.withLock { $0.linkCount += 1 }
        var both = events
        both.connected = { server in
            note(nil)
            events.connected(server)
        }
        both.disconnected = { reason, wait in
            note(reason)
            events.disconnected(reason, wait)
        }
        return both
    }

    /// Takes note of why a part does not work, or that it does; from any thread.
    public func note(of part: Part) -> @Sendable (_ trouble: String?) -> Void {
        { [self] trouble in loop.post { [self] in noted(part, trouble) } }
    }

    private func noted(_ part: Part, _ trouble: String?) {
        let waiting = waiting()
        let telling = state.withLock { state in
            state.parts[part.name] = part
            let now = loop.moment.uptime
            guard let trouble else {
                state.mostRows = max(state.mostRows, waiting.rows)
                state.outage.works(part.name, at: now)
                return state.outage.look(at: now)
            }
            // Nothing works without a connection: no news, and nothing that would outlast it.
            if !part.isLink, state.lacksLink { return state.outage.look(at: now) }
            return state.outage.failed(part.name, trouble, at: now)
        }
        if let telling { tell(telling) }
        lookLater()
    }

    private func look() {
        let telling = state.withLock { $0.outage.look(at: loop.moment.uptime) }
        if let telling { tell(telling) }
        lookLater()
    }

    private func lookLater() {
        state.withLock { state in
            state.timer?.cancel()
            state.timer = state.outage.nextLook.map { due in loop.schedule(at: due) { [weak self] in self?.look() } }
        }
    }

    private func tell(_ telling: HistoryOutage.Telling) {
        let waiting = waiting()
        let words = state.withLock { state in
            state.mostRows = max(state.mostRows, waiting.rows)
            let failing = state.outage.troubles.compactMap { trouble in
                state.parts[trouble.part].map { (part: $0, reason: trouble.reason) }
            }
            defer { if case .back = telling { state.mostRows = 0 } }
            return OutageWords(
                telling, failing, links: state.linkCount, server: server,
                waiting: Waiting(rows: state.mostRows, room: waiting.room))
        }
        logger.log(level: words.level, "\(words.message)", metadata: words.metadata)
    }
}
