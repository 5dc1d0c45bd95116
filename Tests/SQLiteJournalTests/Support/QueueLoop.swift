import Dispatch
import TwinCore
import TwinRuntime

/// A loop that is a dispatch queue: enough for completions.
final class QueueLoop: Loop {
    private let queue = DispatchQueue(label: "loop")
    private static let key = DispatchSpecificKey<Bool>()

    init() { queue.setSpecific(key: Self.key, value: true) }

    /// Whether the caller is on a loop.
    static var isCurrent: Bool { DispatchQueue.getSpecific(key: key) ?? false }

    var moment: Moment { Moment(time: UnixTime(milliseconds: 0), uptime: Uptime(milliseconds: 0)) }

    func post(_ job: @escaping @Sendable () -> Void) { queue.async(execute: job) }

    func schedule(at deadline: Uptime, _ job: @escaping @Sendable () -> Void) -> any LoopTimer {
        preconditionFailure("the journal sets no timers")
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
