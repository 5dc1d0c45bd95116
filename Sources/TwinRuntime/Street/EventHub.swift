import Synchronization
import TwinCore

/// Hands durable facts to whoever watches.
///
/// Each watcher has a bounded buffer and loses its own oldest facts when it is slow; nobody waits for a watcher.
final class EventHub: Sendable {
    /// How many facts wait for one watcher at most.
    static let bufferLimit = 1024

    private struct State {
        var watchers: [UInt64: AsyncStream<Fact>.Continuation] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    /// How many watch.
    var count: Int { state.withLock { $0.watchers.count } }

    /// Begins to watch, from any thread; ends with the stream.
    func watch() -> AsyncStream<Fact> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Fact.self, bufferingPolicy: .bufferingNewest(Self.bufferLimit))
        let id = state.withLock { state in
            state.next += 1
            state.watchers[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.watchers.removeValue(forKey: id) }
        }
        return stream
    }

    /// Tells every watcher.
    func publish(_ facts: [Fact]) {
        let watchers = state.withLock { Array($0.watchers.values) }
        for watcher in watchers {
            for fact in facts { watcher.yield(fact) }
        }
    }

    /// Ends every watch.
    func end() {
        let watchers = state.withLock { state in
            defer { state.watchers.removeAll() }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.finish() }
    }
}
