import Synchronization
import TwinCore
import TwinRuntime

/// Keeps so many facts, and notes the end.
final class FactListener: FactWatcher {
    private let state = Mutex((facts: [Fact](), isEnded: false))
    private let limit: Int

    init(keeping limit: Int = .max) { self.limit = limit }

    func take(_ facts: [Fact]) -> Int {
        state.withLock { state in
            state.facts.append(contentsOf: facts)
            let excess = max(0, state.facts.count - limit)
            state.facts.removeFirst(excess)
            return excess
        }
    }

    func end() { state.withLock { $0.isEnded = true } }

    var isEnded: Bool { state.withLock { $0.isEnded } }

    /// What it kept.
    var facts: [Fact] { state.withLock { $0.facts } }
}
