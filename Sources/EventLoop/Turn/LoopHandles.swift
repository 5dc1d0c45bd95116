import CLibUV

/// libuv's loop and the handles that drive its turns: one owner for all of them.
///
/// A turn runs from the first callback after libuv's poll to the prepare callback right before the next one:
/// check (or a descriptor's callback before it) begins it, prepare runs what is due and ends it. The async handle
/// and the timer only end the poll; idle, when started, keeps it from sleeping.
@safe final class LoopHandles {
    let loop: UnsafeMutablePointer<uv_loop_t>
    let async: OwnedHandle
    private let prepare: OwnedHandle
    private let check: OwnedHandle
    private let idle: OwnedHandle
    private let timer: OwnedHandle
    private var isIdling = false
    private var armedDeadline: UInt64?

    init() throws(EventLoopError) {
        let loop = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
        let result = unsafe uv_loop_init(loop)
        if result < 0 {
            unsafe loop.deallocate()
            throw .refused("make a loop", result)
        }
        do throws(EventLoopError) {
            async = try unsafe OwnedHandle("make the loop's wake-up") {
                unsafe uv_async_init(loop, $0, wakeUpArrived)
            }
        } catch {
            unsafe uv_loop_close(loop)
            unsafe loop.deallocate()
            throw error
        }
        prepare = unsafe OwnedHandle { unsafe uv_prepare_init(loop, $0) }
        check = unsafe OwnedHandle { unsafe uv_check_init(loop, $0) }
        idle = unsafe OwnedHandle { unsafe uv_idle_init(loop, $0) }
        timer = unsafe OwnedHandle { unsafe uv_timer_init(loop, $0) }
        unsafe self.loop = loop
    }

    /// Starts the handles that never stop.
    ///
    /// `core` must outlive the run of the loop.
    func start(for core: LoopCore) {
        async.point(to: core)
        prepare.point(to: core)
        check.point(to: core)
        idle.point(to: core)
        timer.point(to: core)
        unsafe uv_prepare_start(prepare.pointer(), turnEnds)
        unsafe uv_check_start(check.pointer(), turnBegins)
    }

    /// Runs turns until every handle is closed, then closes the loop.
    func run() {
        let alive = unsafe uv_run(loop, UV_RUN_DEFAULT)
        precondition(alive == 0, "The loop ended with handles alive.")
        free()
    }

    /// Closes the loop's own handles.
    ///
    /// After the last one's close callback ``run()`` returns.
    func close() {
        idle.close {}
        timer.close {}
        check.close {}
        prepare.close {}
        async.close {}
    }

    /// Closes everything on a loop that never ran and never will.
    func closeUnused() {
        close()
        run()
    }

    /// Keeps the poll from sleeping, or lets it sleep again.
    func stayAwake(_ isNeeded: Bool) {
        guard isNeeded != isIdling else { return }
        isIdling = isNeeded
        if isNeeded {
            unsafe uv_idle_start(idle.pointer(), pollWillNotSleep)
        } else {
            unsafe uv_idle_stop(idle.pointer())
        }
    }

    /// Ends the poll once the monotonic clock has reached `deadline`, in milliseconds rounded up; `nil` for never.
    ///
    /// libuv compares its own reading of the same clock, rounded down, with the sum made here, so the timer may be
    /// up to a millisecond late but never early.
    func wake(atMilliseconds deadline: UInt64?) {
        guard deadline != armedDeadline else { return }
        armedDeadline = deadline
        guard let deadline else {
            unsafe uv_timer_stop(timer.pointer())
            return
        }
        let now = unsafe uv_now(loop)
        unsafe uv_timer_start(timer.pointer(), timeArrived, deadline > now ? deadline - now : 0, 0)
    }

    /// The timer fired, so it is not armed any more.
    func timerFired() { armedDeadline = nil }

    private func free() {
        let result = unsafe uv_loop_close(loop)
        precondition(result == 0, "uv_loop_close answered \(result): a handle was left open.")
        unsafe loop.deallocate()
    }
}

// All callbacks below run on the loop's thread, within uv_run. Their context is the core, which `EventLoop` holds for
// longer than its thread runs.

private func core(of context: UnsafeMutableRawPointer?) -> LoopCore {
    guard let context = unsafe context else { preconditionFailure("A handle of the loop has no core.") }
    return unsafe Unmanaged<LoopCore>.fromOpaque(context).takeUnretainedValue()
}

/// Runs right after the poll and its callbacks.
private func turnBegins(_ check: UnsafeMutablePointer<uv_check_t>?) {
    guard let check = unsafe check else { return }
    unsafe core(of: check.pointee.data).beginTurn()
}

/// Runs right before the poll.
private func turnEnds(_ prepare: UnsafeMutablePointer<uv_prepare_t>?) {
    guard let prepare = unsafe prepare else { return }
    unsafe core(of: prepare.pointee.data).finishTurn()
}

/// Another thread left a job.
///
/// The turn that begins here takes it when it ends.
private func wakeUpArrived(_ async: UnsafeMutablePointer<uv_async_t>?) {
    guard let async = unsafe async else { return }
    unsafe core(of: async.pointee.data).beginTurn()
}

/// A deadline passed.
///
/// The turn that ends next runs what is due.
private func timeArrived(_ timer: UnsafeMutablePointer<uv_timer_t>?) {
    guard let timer = unsafe timer else { return }
    let core = unsafe core(of: timer.pointee.data)
    core.handles.timerFired()
    core.beginTurn()
}

/// Only being active matters: with an idle handle libuv polls without sleeping.
private func pollWillNotSleep(_ idle: UnsafeMutablePointer<uv_idle_t>?) {}
