import CLibUV

/// One piece of work on libuv's pool: its memory, and what becomes of its result.
@safe final class PooledWork {
    private let request: UnsafeMutablePointer<uv_work_t>
    private let loop: EventLoop
    /// Runs on a thread of the pool, and answers with what to run on the loop.
    private let body: @Sendable () -> @Sendable () -> Void
    /// Written on the pool's thread before libuv hands the request back, read on the loop's thread after.
    private var ending: (@Sendable () -> Void)?

    init(on loop: EventLoop, _ body: @escaping @Sendable () -> @Sendable () -> Void) {
        self.loop = loop
        self.body = body
        unsafe request = .allocate(capacity: 1)
    }

    /// Hands the work to the pool.
    ///
    /// libuv holds it until ``end()``.
    func queue() {
        unsafe request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let result = unsafe uv_queue_work(loop.core.handles.loop, request, poolRuns, poolHasRun)
        precondition(result == 0, "libuv refused work: \(result).")
        loop.core.worksUnderWay += 1
    }

    fileprivate func run() { ending = body() }

    fileprivate func end() {
        unsafe request.deallocate()
        loop.core.worksUnderWay -= 1
        loop.core.beginTurn()
        guard let ending else { preconditionFailure("Work came back without having run; it is never cancelled.") }
        ending()
    }
}

/// Runs on a thread of libuv's pool.
///
/// The work was retained when it was queued; the loop does not touch it meanwhile.
private func poolRuns(_ request: UnsafeMutablePointer<uv_work_t>?) {
    guard let context = unsafe request?.pointee.data else { preconditionFailure("Work has no owner.") }
    unsafe Unmanaged<PooledWork>.fromOpaque(context).takeUnretainedValue().run()
}

/// Runs on the loop's thread when the pool is done with the request.
private func poolHasRun(_ request: UnsafeMutablePointer<uv_work_t>?, _ status: Int32) {
    guard let context = unsafe request?.pointee.data else { preconditionFailure("Work has no owner.") }
    unsafe Unmanaged<PooledWork>.fromOpaque(context).takeRetainedValue().end()
}
