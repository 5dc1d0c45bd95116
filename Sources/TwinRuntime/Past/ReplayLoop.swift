import Glibc
import TwinCore

/// The loop of twins that are rebuilt and never live: the thread that made it, at one moment for ever.
///
/// Twins are actors that belong to a loop. With one of its own, a rebuilding runs beside the live loop, through the
/// same code, and nothing is ever scheduled on it.
final class ReplayLoop: Loop, @unchecked Sendable {
    let moment: Moment
    private let thread = pthread_self()

    init(at moment: Moment) { self.moment = moment }

    func post(_ job: @escaping @Sendable () -> Void) { preconditionFailure("nothing happens later in a replay") }

    func schedule(at deadline: Uptime, _ job: @escaping @Sendable () -> Void) -> any LoopTimer {
        preconditionFailure("nothing happens later in a replay")
    }

    func enqueue(_ job: consuming ExecutorJob) { preconditionFailure("nothing happens later in a replay") }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { unsafe UnownedSerialExecutor(ordinary: self) }

    func isIsolatingCurrentContext() -> Bool? { pthread_equal(thread, pthread_self()) != 0 }

    func checkIsolated() {
        precondition(pthread_equal(thread, pthread_self()) != 0, "a replay stays on the thread that began it")
    }
}
