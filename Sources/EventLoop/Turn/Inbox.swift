import CLibUV
import Synchronization

/// Where other threads leave jobs for the loop.
///
/// The queue has no limit, because the Swift runtime cannot be refused a job; whoever posts bounds what it posts.
@safe final class Inbox: @unchecked Sendable {
    /// Who takes the jobs out.
    enum Phase {
        /// The loop does, and must be woken. Next: `sealed`.
        case open
        /// A thread does, and looks by itself before it ends. Next: `ended`.
        case sealed
        /// Nobody does; whoever leaves a job must start a thread. Next: `sealed`.
        case ended
    }

    private struct Contents {
        var jobs: [LoopJob] = []
        var phase = Phase.open
    }

    private let contents = Mutex(Contents())
    private let async: OwnedHandle

    /// - Parameter async: What wakes the loop. Sent to only under the lock and while `open`, so never once closed.
    init(async: OwnedHandle) { self.async = async }

    /// Leaves a job, and wakes the loop if this is the first since it looked.
    ///
    /// - Returns: Whether the caller must start a thread that takes it.
    func leave(_ job: LoopJob) -> Bool {
        contents.withLock { contents in
            let isFirst = contents.jobs.isEmpty
            contents.jobs.append(job)
            switch contents.phase {
            case .open:
                if isFirst {
                    let result = unsafe uv_async_send(async.pointer())
                    precondition(result == 0, "uv_async_send answered \(result) on an open handle.")
                }
                return false
            case .sealed: return false
            case .ended:
                contents.phase = .sealed
                return true
            }
        }
    }

    /// Moves everything to the end of the loop's own queue.
    func empty(into queue: inout JobQueue) {
        contents.withLock { contents in
            if !contents.jobs.isEmpty { queue.take(from: &contents.jobs) }
        }
    }

    /// Ends the waking, unless there are jobs; from then on the handle may be closed.
    func seal() -> Bool {
        contents.withLock { contents in
            guard contents.jobs.isEmpty else { return false }
            contents.phase = .sealed
            return true
        }
    }

    /// Ends the taking, unless there are jobs.
    ///
    /// `farewell` runs before anybody else can start a thread.
    func end(_ farewell: () -> Void) -> Bool {
        contents.withLock { contents in
            guard contents.jobs.isEmpty else { return false }
            farewell()
            contents.phase = .ended
            return true
        }
    }

    /// Whether the loop still takes jobs itself.
    var isOpen: Bool { contents.withLock { $0.phase == .open } }
}
