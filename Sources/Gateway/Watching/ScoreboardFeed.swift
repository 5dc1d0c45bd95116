import Synchronization
import TwinCore
import TwinRuntime

/// Keeps the scoreboard up to date for all who watch it together, and asks for it only while somebody does.
///
/// A report costs the loop a look at every twin, so it is asked for at most ten times a second however many watch and
/// whatever happens: facts that cannot change the scoreboard are passed over, and the others only mark it as stale.
/// What no fact tells, such as the connection to the broker, shows within a second.
final class ScoreboardFeed: Sendable {
    private struct Entry {
        weak var outbox: Outbox?
    }

    private struct State {
        var entries: [Entry] = []
        var isFollowing = false
        var latest: Scoreboard?
    }

    private let service: any TwinService
    private let state = Mutex(State())

    /// Makes a feed that nobody watches.
    init(service: any TwinService) { self.service = service }

    /// Tells an outbox of every new scoreboard until it is let go; it is held weakly.
    ///
    /// - Returns: What to write whenever the outbox says that the scoreboard is new.
    func subscribe(_ outbox: Outbox) -> ScoreboardReading {
        let (begins, isKnown) = state.withLock { state in
            if !state.entries.contains(where: { $0.outbox === outbox }) {
                state.entries.append(Entry(outbox: outbox))
            }
            defer { state.isFollowing = true }
            return (!state.isFollowing, state.latest != nil)
        }
        if isKnown { outbox.noteScoreboard() }
        // Nobody's task: it belongs to all who watch, and ends when the last of them is gone.
        if begins { Task { await follow() } }
        return ScoreboardReading(feed: self)
    }

    /// The scoreboard as it was last seen.
    var latest: Scoreboard? { state.withLock { $0.latest } }

    private func follow() async {
        let ear = Ear()
        service.watch(ear)
        var rest = 0
        while true {
            if rest == 0 || ear.takeWord() {
                let report = await service.stopReport()
                guard publish(report) else { return }
                ear.setHolding(!report.incidents.isEmpty || !report.clearing.isEmpty)
                rest = GatewayLimits.scoreboardRestTicks
            }
            try? await Task.sleep(for: .milliseconds(GatewayLimits.scoreboardTickMilliseconds))
            rest -= 1
        }
    }

    /// Tells who watches; `false` when nobody does any more.
    private func publish(_ report: StopReport) -> Bool {
        let past = latest
        let next = past.map { $0.successor(report) } ?? Scoreboard(report)
        let outboxes = state.withLock { state -> [Outbox]? in
            state.entries.removeAll { $0.outbox == nil }
            guard !state.entries.isEmpty else {
                state.isFollowing = false
                state.latest = nil
                return nil
            }
            if let next { state.latest = next }
            return state.entries.compactMap(\.outbox)
        }
        guard let outboxes else { return false }
        if next != nil { for outbox in outboxes { outbox.noteScoreboard() } }
        return true
    }

    /// Notes that something happened that may change the scoreboard.
    private final class Ear: FactWatcher {
        private let state = Mutex((isStale: false, isHolding: true))

        func take(_ facts: [Fact]) -> Int {
            state.withLock { state in
                let isHolding = state.isHolding
                if !state.isStale { state.isStale = facts.contains { Self.matters($0, whileHolding: isHolding) } }
            }
            return 0
        }

        func end() {}

        /// Whether something happened since the last look.
        func takeWord() -> Bool {
            state.withLock { state in
                defer { state.isStale = false }
                return state.isStale
            }
        }

        /// Says whether a stop holds or is being cleared; without one only a new one matters.
        func setHolding(_ isHolding: Bool) { state.withLock { $0.isHolding = isHolding } }

        private static func matters(_ fact: Fact, whileHolding isHolding: Bool) -> Bool {
            switch fact.event {
            case .site(.stopLatched), .site(.stopReleased): true
            case .site, .sensor, .device(.heartbeat), .device(.metrics), .device(.health), .device(.library): false
            case .device, .actuator: isHolding
            }
        }
    }
}

/// How far one watcher of the scoreboard is.
final class ScoreboardReading: Sendable {
    /// What is written to it.
    enum Update: Sendable {
        /// Everything.
        case whole(JSONValue)
        /// What changed since what was written before.
        case changed(JSONValue)
    }

    private let feed: ScoreboardFeed
    private let shown = Mutex<Scoreboard?>(nil)

    fileprivate init(feed: ScoreboardFeed) { self.feed = feed }

    /// What is to be written now; `nil` when nothing is new.
    func next() -> Update? {
        guard let board = feed.latest else { return nil }
        let past = shown.withLock { shown in
            defer { shown = board }
            return shown
        }
        guard let past else { return .whole(board.report.json) }
        if board.version == past.version { return nil }
        // Who keeps up shares one comparison with the others.
        return .changed(board.version == past.version + 1 ? board.change : board.changes(since: past))
    }
}
