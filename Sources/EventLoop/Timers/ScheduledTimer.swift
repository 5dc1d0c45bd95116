import TwinCore
import TwinRuntime

/// One job that waits for its time, and its place in the heap.
///
/// Mutable only on the loop's thread; others may hold it and let go of it.
final class ScheduledTimer: LoopTimer, @unchecked Sendable {
    let deadline: Uptime
    /// Decides between equal deadlines: first scheduled, first run.
    let sequence: UInt64
    /// The index in the heap; `nil` when it is not there (any more).
    var position: Int?
    /// What to run; `nil` once it ran or was cancelled.
    var job: (@Sendable () -> Void)?
    private let queue: TimerQueue

    init(deadline: Uptime, sequence: UInt64, job: (@Sendable () -> Void)?, queue: TimerQueue) {
        self.deadline = deadline
        self.sequence = sequence
        self.job = job
        self.queue = queue
    }

    func cancel() { queue.cancel(self) }

    func precedes(_ other: ScheduledTimer) -> Bool {
        deadline == other.deadline ? sequence < other.sequence : deadline < other.deadline
    }
}
