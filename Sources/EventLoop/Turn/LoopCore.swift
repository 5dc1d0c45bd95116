import CLibUV
import TwinCore

/// Something open on the loop, which must be closed before the loop can be.
protocol OpenOnLoop: AnyObject {
    /// Closes it because the loop stops. Harmless when it is closing already.
    func shutDown()
}

/// Everything that only the loop's thread touches (but for the inbox and the meter), and what happens in a turn.
@safe final class LoopCore: @unchecked Sendable {
    /// How far the loop is on its way.
    enum Phase {
        /// Takes everything. Next: `closing`.
        case running
        /// Closes what is open, and still runs jobs. Next: `closed`.
        case closing
        /// Has no libuv loop any more; runs only stragglers.
        case closed
    }

    let handles: LoopHandles
    let inbox: Inbox
    let timers: TimerQueue
    let meter = LagMeter()
    private(set) var phase = Phase.running
    /// Work that libuv's pool has not given back.
    var worksUnderWay = 0
    /// The loop, as jobs know it.
    ///
    /// Set before the loop starts.
    var executor: UnownedSerialExecutor?
    private let origin: UInt64
    private var jobs = JobQueue()
    private var open: [UInt64: any OpenOnLoop] = [:]
    private var nextKey: UInt64 = 0
    /// When the turn began, by `uv_hrtime`; `nil` while the loop sleeps.
    private var turnStart: UInt64?

    /// - Parameter origin: What `uv_hrtime` said when uptime was zero, in nanoseconds.
    init(origin: UInt64, thread: LoopThread) throws(EventLoopError) {
        self.origin = origin
        handles = try LoopHandles()
        inbox = Inbox(async: handles.async)
        timers = TimerQueue(thread: thread)
    }

    func append(_ job: LoopJob) { jobs.append(job) }

    // MARK: Turns

    /// Notes when the turn began.
    ///
    /// Every callback says so; the first one counts.
    func beginTurn() {
        if turnStart == nil { turnStart = uv_hrtime() }
    }

    /// Runs what is due, then lets the loop sleep as long as nothing is.
    func finishTurn() {
        beginTurn()
        guard let start = turnStart else { return }
        runTimers(since: start)
        let isMoreToRun = runJobs(since: start)
        if phase == .closing { closeWhenQuiet() }
        if phase != .closed {
            handles.stayAwake(isMoreToRun || timers.hasDue)
            handles.wake(atMilliseconds: timers.nextDeadline.map(monotonicMilliseconds))
        }
        turnStart = nil
        meter.turnTook(nanoseconds: uv_hrtime() - start)
    }

    /// Runs jobs until none are left: the last act of a thread.
    func runStragglers() {
        inbox.empty(into: &jobs)
        while let job = jobs.next() { run(job) }
    }

    /// Forgets jobs that will never run, because the loop was let go of before it was started.
    func dropJobs() {
        inbox.empty(into: &jobs)
        jobs = JobQueue()
    }

    private func runTimers(since turnStart: UInt64) {
        let now = uv_hrtime()
        var budget = TurnBudget(timersOfTurn: turnStart, now: now)
        timers.collectDue(at: uptime(at: now))
        while timers.hasDue, budget.allowsAnother(), let timer = timers.nextDue() {
            let late = Int64(uv_hrtime()) - Int64(origin) - timer.deadline.milliseconds * 1_000_000
            meter.timerWasLate(nanoseconds: UInt64(max(0, late)))
            timer.job()
        }
    }

    /// - Returns: Whether there are jobs left.
    private func runJobs(since turnStart: UInt64) -> Bool {
        var budget = TurnBudget(jobsOfTurn: turnStart, now: uv_hrtime())
        inbox.empty(into: &jobs)
        while !jobs.isEmpty, budget.allowsAnother(), let job = jobs.next() { run(job) }
        return !jobs.isEmpty
    }

    private func run(_ job: consuming LoopJob) {
        guard let executor = unsafe executor else { preconditionFailure("A loop runs before it was made.") }
        unsafe job.run(on: executor)
    }

    private func uptime(at time: UInt64) -> Uptime { Uptime(milliseconds: Int64((time - origin) / 1_000_000)) }

    /// When the monotonic clock, in milliseconds rounded up, reaches an uptime.
    private func monotonicMilliseconds(_ uptime: Uptime) -> UInt64 {
        let ceiling = (origin + 999_999) / 1_000_000
        return ceiling + UInt64(max(0, min(uptime.milliseconds, Self.furthestMilliseconds)))
    }

    /// Deadlines further away than this, in milliseconds (about 35,000 years), are as good as never.
    private static let furthestMilliseconds: Int64 = 1 << 50

    // MARK: What is open

    /// Keeps something alive until it is closed, and has it closed when the loop stops.
    ///
    /// - Returns: The key to forget it by.
    func register(_ member: any OpenOnLoop) -> UInt64 {
        nextKey += 1
        open[nextKey] = member
        return nextKey
    }

    func forget(_ key: UInt64) { open[key] = nil }

    // MARK: The end

    /// Drops the timers and closes everything that is open, the youngest first.
    func beginClosing() {
        guard phase == .running else { return }
        phase = .closing
        timers.removeAll()
        for key in open.keys.sorted(by: >) { open[key]?.shutDown() }
    }

    /// Closes the loop's own handles once nothing else is open, no work is under way and no job is left.
    private func closeWhenQuiet() {
        guard open.isEmpty, worksUnderWay == 0, jobs.isEmpty, inbox.seal() else { return }
        phase = .closed
        timers.removeAll()
        handles.close()
    }
}
