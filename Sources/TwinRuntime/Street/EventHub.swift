import Synchronization
import TwinCore

/// Hands durable facts to whoever watches.
///
/// Each watcher bounds what it keeps and loses its own oldest facts when it is slow; nobody waits for a watcher, and
/// what they lose is counted.
final class EventHub: Sendable {
    private struct Entry {
        weak var watcher: (any FactWatcher)?
    }

    private struct State {
        var entries: [Entry] = []
        var shed = 0
        var isEnded = false
    }

    private let state = Mutex(State())

    /// How many watch.
    var count: Int { state.withLock { state in state.entries.count { $0.watcher != nil } } }

    /// How many facts watchers lost so far, each loss of each watcher counted.
    var shed: Int { state.withLock { $0.shed } }

    /// Tells a watcher everything from now on, until it is let go; it is held weakly.
    func watch(_ watcher: any FactWatcher) {
        let isEnded = state.withLock { state in
            if !state.isEnded { state.entries.append(Entry(watcher: watcher)) }
            return state.isEnded
        }
        if isEnded { watcher.end() }
    }

    /// Tells every watcher.
    func publish(_ facts: [Fact]) {
        guard !facts.isEmpty else { return }
        let watchers = state.withLock { state in
            state.entries.removeAll { $0.watcher == nil }
            return state.entries.compactMap(\.watcher)
        }
        let shed = watchers.reduce(0) { $0 + $1.take(facts) }
        if shed > 0 { state.withLock { $0.shed += shed } }
    }

    /// Ends every watch.
    func end() {
        let watchers = state.withLock { state in
            defer { state.entries.removeAll() }
            state.isEnded = true
            return state.entries.compactMap(\.watcher)
        }
        for watcher in watchers { watcher.end() }
    }
}
