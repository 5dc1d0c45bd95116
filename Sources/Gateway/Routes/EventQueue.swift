import Synchronization
import TwinCore

/// What waits to be written to one watcher.
///
/// Facts come in at the runtime's pace and go out at the client's. In between stands a bounded queue that loses its
/// oldest facts; the facts are numbered before they enter it, so that a client sees a gap in the numbers.
final class EventQueue: Sendable {
    /// Something to write.
    enum Item: Sendable {
        case fact(Fact, number: UInt64)
        case heartbeat
    }

    /// The items, in order; ends after ``finish()``.
    let items: AsyncStream<Item>

    private let continuation: AsyncStream<Item>.Continuation
    private let unwrittenHeartbeats = Mutex(0)

    /// Makes an empty queue for at most `limit` items.
    init(limit: Int) {
        (items, continuation) = AsyncStream.makeStream(of: Item.self, bufferingPolicy: .bufferingNewest(limit))
    }

    /// Adds a fact.
    func add(_ fact: Fact, number: UInt64) { continuation.yield(.fact(fact, number: number)) }

    /// Adds a heartbeat.
    ///
    /// - Returns: Whether the client still reads; `false` when so many heartbeats wait that it must have gone.
    func addHeartbeat() -> Bool {
        continuation.yield(.heartbeat)
        return unwrittenHeartbeats.withLock { waiting in
            waiting += 1
            return waiting <= GatewayLimits.waitingHeartbeats
        }
    }

    /// Says that the client took what was written so far.
    func noteProgress() { unwrittenHeartbeats.withLock { $0 = 0 } }

    /// Ends the items after those that wait.
    func finish() { continuation.finish() }
}
