import DequeModule
import Synchronization
import TwinCore
import TwinRuntime

/// What waits to be written to one client.
///
/// Facts come in at the runtime's pace and go out at the client's. In between they are bounded: the oldest are lost,
/// counted, and the client is told how many. Answers to the client come first and are never lost; the scoreboard does
/// not queue at all, since only its latest state is of interest.
final class Outbox: FactWatcher {
    /// Something to write.
    enum Item: Sendable {
        /// What the client asked for.
        case reply(JSONValue)
        /// So many facts were lost since this was last said, and so many in total.
        case lost(Int, total: Int)
        /// What happened; the number counts the facts that were meant for this client, lost ones too.
        case fact(Fact, number: UInt64)
        /// The scoreboard is new.
        case scoreboard
        /// Nothing, so that both sides see that the other is there.
        case heartbeat
    }

    private struct State {
        var wanted: (@Sendable (Fact) -> Bool)?
        var replies: Deque<JSONValue> = []
        var facts: Deque<(fact: Fact, number: UInt64)> = []
        var number: UInt64 = 0
        var lost = 0
        var lostTotal = 0
        var hasScoreboard = false
        var hasHeartbeat = false
        var unansweredHeartbeats = 0
    }

    private let limit: Int
    private let state: Mutex<State>
    private let wakes: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    /// Makes an empty outbox.
    ///
    /// - Parameters:
    ///   - limit: How many facts wait at most.
    ///   - wanted: Which facts are for this client; `nil` for none.
    init(limit: Int = GatewayLimits.waitingEvents, wanted: (@Sendable (Fact) -> Bool)? = nil) {
        self.limit = limit
        state = Mutex(State(wanted: wanted))
        (wakes, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Changes which facts are for this client; those that wait for nobody any more are dropped.
    func want(_ wanted: (@Sendable (Fact) -> Bool)?) {
        state.withLock { state in
            state.wanted = wanted
            if wanted == nil { state.facts.removeAll() }
        }
    }

    /// Adds those of the facts that are wanted.
    func take(_ facts: [Fact]) -> Int {
        let (isNew, lost) = state.withLock { state -> (Bool, Int) in
            guard let wanted = state.wanted else { return (false, 0) }
            let before = state.number
            for fact in facts where wanted(fact) {
                state.number += 1
                state.facts.append((fact, state.number))
            }
            let excess = max(0, state.facts.count - limit)
            state.facts.removeFirst(excess)
            state.lost += excess
            state.lostTotal += excess
            return (state.number > before, excess)
        }
        if isNew { bell.yield() }
        return lost
    }

    /// Adds an answer.
    ///
    /// - Returns: Whether the client reads its answers; `false` when so many wait that it must have ceased to.
    func reply(_ value: JSONValue) -> Bool {
        let count = state.withLock { state in
            state.replies.append(value)
            return state.replies.count
        }
        bell.yield()
        return count <= GatewayLimits.waitingReplies
    }

    /// Says that the scoreboard is new.
    func noteScoreboard() {
        state.withLock { $0.hasScoreboard = true }
        bell.yield()
    }

    /// Adds a heartbeat.
    ///
    /// - Returns: Whether the client is still there; `false` when so many heartbeats went without a sign of it.
    func addHeartbeat() -> Bool {
        let unanswered = state.withLock { state in
            state.hasHeartbeat = true
            state.unansweredHeartbeats += 1
            return state.unansweredHeartbeats
        }
        bell.yield()
        return unanswered <= GatewayLimits.waitingHeartbeats
    }

    /// Says that the client showed that it is there.
    func noteProgress() { state.withLock { $0.unansweredHeartbeats = 0 } }

    /// Ends ``next()`` after what waits.
    func end() { bell.finish() }

    /// What is to be written next, when there is something; `nil` at the end.
    func next() async -> Item? {
        var iterator = wakes.makeAsyncIterator()
        while true {
            if let item = waiting() { return item }
            guard await iterator.next() != nil else { return waiting() }
        }
    }

    /// What is to be written next, if there is something.
    private func waiting() -> Item? {
        state.withLock { state in
            if let reply = state.replies.popFirst() { return .reply(reply) }
            if state.hasScoreboard {
                state.hasScoreboard = false
                return .scoreboard
            }
            if state.lost > 0 {
                defer { state.lost = 0 }
                return .lost(state.lost, total: state.lostTotal)
            }
            if let (fact, number) = state.facts.popFirst() { return .fact(fact, number: number) }
            guard state.hasHeartbeat else { return nil }
            state.hasHeartbeat = false
            return .heartbeat
        }
    }
}
