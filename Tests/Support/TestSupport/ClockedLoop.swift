import Dispatch
import Synchronization
public import TwinCore
public import TwinRuntime

/// A loop that is a dispatch queue, with a clock that only the test moves.
public final class ClockedLoop: Loop {
    private struct Timer {
        let number: Int
        let deadline: Uptime
        let job: @Sendable () -> Void
    }

    private struct State {
        var moment: Moment
        var timers: [Timer] = []
        var count = 0
    }

    private final class Cancellation: LoopTimer {
        let onCancel: @Sendable () -> Void
        init(_ onCancel: @escaping @Sendable () -> Void) { self.onCancel = onCancel }
        func cancel() { onCancel() }
    }

    private let queue = DispatchQueue(label: "clocked loop")
    private let state: Mutex<State>

    /// Makes a loop whose clock stands.
    public init(at moment: Moment) { state = Mutex(State(moment: moment)) }

    /// Now, as the test says.
    public var moment: Moment { state.withLock { $0.moment } }

    /// Runs a job after those before it.
    public func post(_ job: @escaping @Sendable () -> Void) { queue.async(execute: job) }

    /// Runs a job when the test moves the clock past a deadline.
    public func schedule(at deadline: Uptime, _ job: @escaping @Sendable () -> Void) -> any LoopTimer {
        let number = state.withLock { state in
            state.count += 1
            state.timers.append(Timer(number: state.count, deadline: deadline, job: job))
            return state.count
        }
        return Cancellation { self.state.withLock { $0.timers.removeAll { $0.number == number } } }
    }

    /// Runs an actor's job.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Runs something on the loop and waits for it.
    public func run<Value>(_ body: () -> Value) -> Value { queue.sync(execute: body) }

    /// Moves both clocks, and the wall clock by something more, and runs what is due.
    public func advance(_ milliseconds: Int64, jump: Int64 = 0) {
        let due = state.withLock { state in
            state.moment = Moment(
                time: state.moment.time.advanced(byMilliseconds: milliseconds + jump),
                uptime: state.moment.uptime.advanced(byMilliseconds: milliseconds))
            let now = state.moment.uptime
            let due = state.timers.filter { $0.deadline <= now }.sorted {
                ($0.deadline, $0.number) < ($1.deadline, $1.number)
            }
            state.timers.removeAll { $0.deadline <= now }
            return due
        }
        for timer in due { queue.sync(execute: timer.job) }
    }
}
