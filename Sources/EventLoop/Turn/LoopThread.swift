import CLibUV
import Synchronization

/// Which thread is the loop's at the moment.
///
/// The loop's thread writes its own identity before it runs anything, so it always reads it back; another thread
/// reads something that is not its own identity, whatever it is. Hence relaxed ordering is enough. Identities are
/// used again after a thread's end, therefore the loop's thread takes its own away before it ends.
final class LoopThread: Sendable {
    private let identity = Atomic<UInt>(0)

    var isCurrent: Bool { identity.load(ordering: .relaxed) == doppel_thread_identity() }

    /// Makes the calling thread the loop's.
    func enter() { identity.store(doppel_thread_identity(), ordering: .relaxed) }

    /// Ends what ``enter()`` began.
    func leave() { identity.store(0, ordering: .relaxed) }
}
