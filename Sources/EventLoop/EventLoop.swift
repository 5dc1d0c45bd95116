import CLibUV
import Synchronization
public import TwinCore
public import TwinRuntime

/// libuv's loop on a thread of its own, as the executor of every actor that lives on the device side.
///
/// Whatever runs on the loop runs one at a time, on one thread: actors' jobs, posted closures, timers, and the
/// callbacks of descriptors, children and signals. Jobs that one thread posts run in the order of posting. A turn runs
/// jobs for at most 5 ms, then looks at the descriptors again, so neither starves the other.
///
/// ```swift
/// let loop = try EventLoop()
/// loop.start()
/// loop.post { print("on the loop") }
/// loop.stop()
/// loop.join()
/// ```
///
/// Every job that is posted, and every job of an actor, runs exactly once, even after ``stop()``: what comes after the
/// loop's end runs, still one at a time, on a short-lived thread that takes the loop's place. So nobody who awaits an
/// actor of a stopped loop waits for ever. A loop that was started lives until it was stopped.
public final class EventLoop: Loop, @unchecked Sendable {
    let core: LoopCore
    let loopThread = LoopThread()
    /// The thread to wait for; `nil` before the start, and once somebody waited.
    let thread = Mutex<uv_thread_t?>(nil)
    private let hasStarted = Atomic(false)
    private let origin: UInt64
    private let wallClock: @Sendable () -> UnixTime

    /// Makes a loop that does not run yet.
    ///
    /// Jobs may be posted; they run once it was started.
    ///
    /// - Parameter wallClock: Where ``moment`` gets its civil time from; called on any thread.
    /// - Throws: ``EventLoopError`` when the system is out of descriptors or memory.
    public init(
        wallClock: @escaping @Sendable () -> UnixTime = EventLoop.systemWallClock
    ) throws(EventLoopError) {
        self.wallClock = wallClock
        origin = uv_hrtime()
        core = try LoopCore(origin: origin, thread: loopThread)
        unsafe core.executor = asUnownedSerialExecutor()
    }

    deinit {
        if hasStarted.load(ordering: .acquiring) {
            detachUnlessJoined()
        } else {
            core.handles.closeUnused()
            core.dropJobs()
        }
    }

    /// Whether the calling thread is the loop's.
    public var isOnLoop: Bool { loopThread.isCurrent }

    /// Now: civil time from the wall clock, uptime from the monotonic clock since this loop was made.
    public var moment: Moment {
        Moment(time: wallClock(), uptime: Uptime(milliseconds: Int64(uptimeNanoseconds / 1_000_000)))
    }

    /// Nanoseconds since this loop was made.
    public var uptimeNanoseconds: UInt64 { uv_hrtime() - origin }

    /// How long turns took, in microseconds: for so long the loop can have been deaf.
    ///
    /// A snapshot; from any thread.
    public var lag: DurationHistogram { core.meter.turns }

    /// How much later than their deadline timers ran, in microseconds.
    ///
    /// A snapshot; from any thread.
    public var timerLateness: DurationHistogram { core.meter.timers }

    /// The machine's monotonic clock (`CLOCK_MONOTONIC`), which all its processes share, in nanoseconds.
    public static func monotonicNanoseconds() -> UInt64 { uv_hrtime() }

    /// The system's civil time.
    public static func systemWallClock() -> UnixTime {
        var time = uv_timeval64_t()
        let result = unsafe uv_gettimeofday(&time)
        precondition(result == 0, "The system has no clock: \(result).")
        return UnixTime(milliseconds: time.tv_sec * 1000 + Int64(time.tv_usec) / 1000)
    }

    /// Runs a job on the loop as soon as it is free, after everything posted before.
    ///
    /// Callable from any thread.
    public func post(_ job: @escaping @Sendable () -> Void) { accept(.closure(job)) }

    /// Runs a job on the loop once `deadline` has passed, never early and usually within 2 ms; called on the loop.
    ///
    /// Jobs run in the order of their deadlines, and of scheduling when those are equal. Stopping the loop drops the
    /// timers that are left; on a stopped loop the job never runs.
    ///
    /// - Returns: The timer; letting go of it does not cancel it.
    public func schedule(at deadline: Uptime, _ job: @escaping @Sendable () -> Void) -> any LoopTimer {
        preconditionOnLoop("schedule")
        return core.phase == .running ? core.timers.add(at: deadline, job) : core.timers.dead(at: deadline)
    }

    /// Claims the one start a loop has.
    func claimStart() {
        let wasStarted = hasStarted.exchange(true, ordering: .acquiringAndReleasing)
        precondition(!wasStarted, "A loop is started once.")
    }

    func preconditionOnLoop(_ what: String) {
        precondition(isOnLoop, "\(what) was called on a thread that is not the loop's.")
    }
}
