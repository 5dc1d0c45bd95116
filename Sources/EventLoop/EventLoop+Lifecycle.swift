import CLibUV
import Synchronization

extension EventLoop {
    /// The loop thread's name, as debuggers and `top -H` show it.
    static let threadName = "doppel-loop"

    /// Starts the loop's thread, once; returns when it runs.
    ///
    /// Traps if the system has no thread to give: nothing can be done without one.
    public func start() {
        claimStart()
        core.handles.start(for: core)
        let started = StartSignal()
        let arrival = unsafe Unmanaged.passRetained(LoopThreadArrival(loop: self, started: started))
        thread.withLock { thread in
            var identity = uv_thread_t()
            let result = unsafe uv_thread_create(&identity, runLoopThread, arrival.toOpaque())
            precondition(result == 0, "The system gave no thread for the loop: \(result).")
            thread = identity
        }
        started.wait()
    }

    /// Ends the loop, from any thread; returns at once, and is harmless when repeated.
    ///
    /// What was posted before runs first. Then timers are dropped, descriptors and signals closed, children killed
    /// (SIGKILL) and reaped; their close completions and exits are still reported, readiness and output are not. Work
    /// that is under way is waited for. When nothing is open and no job is left, the thread ends; a job that posts
    /// itself again without end keeps it from ending.
    public func stop() {
        guard core.inbox.isOpen else { return }
        post { [core] in core.beginClosing() }
    }

    /// Waits until the loop's thread has ended; never called on the loop.
    public func join() {
        precondition(!isOnLoop, "The loop cannot wait for its own end.")
        thread.withLock { thread in
            guard var identity = thread else { return }
            unsafe uv_thread_join(&identity)
            thread = nil
        }
    }

    /// Gives the thread's memory back to the system when nobody waited for its end.
    func detachUnlessJoined() {
        thread.withLock { thread in
            if let identity = thread { doppel_thread_detach(identity) }
            thread = nil
        }
    }

    /// The loop thread's whole life.
    fileprivate func runTurns(_ started: StartSignal) {
        loopThread.enter()
        started.give()
        core.handles.run()
        runStragglers()
    }

    /// Runs what was left in the inbox after the loop's end, on a thread that ends when all is done.
    func runStragglersOnSubstituteThread() {
        var identity = uv_thread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let result = unsafe uv_thread_create(&identity, runSubstituteThread, context)
        precondition(result == 0, "The system gave no thread for jobs of a stopped loop: \(result).")
        doppel_thread_detach(identity)
    }

    /// Runs jobs until the inbox is empty and closed; then the calling thread is not the loop's any more.
    fileprivate func runStragglers() {
        repeat {
            core.runStragglers()
        } while !core.inbox.end(loopThread.leave)
    }

    fileprivate func runAsSubstitute() {
        loopThread.enter()
        runStragglers()
    }
}

/// What the loop's thread is given; it keeps the loop alive while it runs.
private final class LoopThreadArrival {
    let loop: EventLoop
    let started: StartSignal
    init(loop: EventLoop, started: StartSignal) {
        self.loop = loop
        self.started = started
    }
}

/// The start of the loop's thread.
///
/// The context was retained by `start()` for exactly this call.
private func runLoopThread(_ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe doppel_thread_name(EventLoop.threadName)
    let arrival = unsafe Unmanaged<LoopThreadArrival>.fromOpaque(context).takeRetainedValue()
    arrival.loop.runTurns(arrival.started)
}

/// The start of a thread that runs a stopped loop's late jobs.
///
/// The context was retained for exactly this call.
private func runSubstituteThread(_ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe doppel_thread_name(EventLoop.threadName)
    unsafe Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().runAsSubstitute()
}
