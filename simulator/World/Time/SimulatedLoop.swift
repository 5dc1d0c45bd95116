import Glibc
public import TwinCore
public import TwinRuntime

/// The simulated loop of one run of the runtime: the same port as libuv's, on virtual time.
///
/// Its uptime begins with the run. Once the run is killed nothing of it happens any more, as when a process dies.
public final class SimulatedLoop: Loop, @unchecked Sendable {
    private let time: VirtualTime
    private let begunAt: Int64
    private let thread = pthread_self()
    private var isAlive = true
    /// Is told after each job, where the process may die.
    var finishedJob: () -> Void = {}

    init(_ time: VirtualTime) {
        self.time = time
        begunAt = time.milliseconds
    }

    /// Makes a loop that starts a world of its own, for tests of a single part.
    public convenience init(startingAt time: UnixTime) { self.init(VirtualTime(startingAt: time)) }

    /// Now, on both clocks.
    public var moment: Moment {
        Moment(time: time.wall, uptime: Uptime(milliseconds: time.milliseconds - begunAt))
    }

    /// Runs a job next, after everything posted before.
    public func post(_ job: @escaping @Sendable () -> Void) {
        time.after(0) { self.run(job) }
    }

    /// Runs a job once its time has come.
    public func schedule(at deadline: Uptime, _ job: @escaping @Sendable () -> Void) -> any LoopTimer {
        let timer = SimulatedTimer()
        time.at(begunAt + deadline.milliseconds) { if !timer.isCancelled { self.run(job) } }
        return timer
    }

    private func run(_ job: () -> Void) {
        guard isAlive else { return }
        job()
        finishedJob()
    }

    /// Ends the run as `SIGKILL` would.
    func kill() { isAlive = false }

    /// Lets virtual time pass, keeping every appointment on the way.
    public func advance(byMilliseconds span: Int64) {
        let end = time.milliseconds + span
        while time.step(until: end) {}
        time.at(end) {}
        while time.step(until: end) {}
    }

    /// Lets virtual time pass while the process stands still, and misses every appointment until it goes on.
    public func standStill(forMilliseconds span: Int64) { time.pass(milliseconds: span) }

    /// Sets the wall clock forward or back; uptime does not notice.
    public func jumpWallClock(byMilliseconds span: Int64) { time.wallOffsetMilliseconds += span }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        time.after(0) { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { unsafe UnownedSerialExecutor(ordinary: self) }

    public func isIsolatingCurrentContext() -> Bool? { pthread_equal(thread, pthread_self()) != 0 }

    public func checkIsolated() {
        precondition(pthread_equal(thread, pthread_self()) != 0, "a world runs on the thread that made it")
    }
}

private final class SimulatedTimer: LoopTimer, @unchecked Sendable {
    private(set) var isCancelled = false

    func cancel() { isCancelled = true }
}
