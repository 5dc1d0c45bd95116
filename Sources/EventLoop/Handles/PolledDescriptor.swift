import CLibUV

/// A descriptor that the loop watches, on the loop only.
///
/// It does not own the descriptor. Whoever does may close it as soon as ``close(_:)`` was called, and no earlier:
/// libuv ends the process when a watched descriptor has gone. The same number is watched again only after the
/// completion. Letting go of the object does not end the watching.
public final class PolledDescriptor: @unchecked Sendable, OpenOnLoop {
    private let handle: OwnedHandle
    private let loop: EventLoop
    /// Let go of once closed, because it often holds what holds this object.
    private var ready: @Sendable (Readiness) -> Void
    private var key: UInt64 = 0
    private var interest: Readiness = []
    private var isClosed = false
    private var completions: [@Sendable () -> Void] = []

    init(
        _ descriptor: Int32, on loop: EventLoop, _ ready: @escaping @Sendable (Readiness) -> Void
    ) throws(EventLoopError) {
        self.loop = loop
        self.ready = ready
        let uv = unsafe loop.core.handles.loop
        handle = try unsafe OwnedHandle("watch descriptor \(descriptor)") {
            unsafe uv_poll_init(uv, $0, descriptor)
        }
        handle.point(to: self)
        key = loop.core.register(self)
    }

    /// Says what to wait for from now on; the empty set for nothing.
    ///
    /// Level-triggered: readiness is told again in every turn for as long as it lasts.
    public func watch(_ interest: Readiness) {
        loop.preconditionOnLoop("watch")
        guard handle.isOpen, interest != self.interest else { return }
        self.interest = interest
        let result =
            interest.isEmpty
            ? unsafe uv_poll_stop(handle.pointer())
            : unsafe uv_poll_start(handle.pointer(), interest.pollEvents, descriptorIsReady)
        precondition(result == 0, "libuv refused to watch an open descriptor: \(result).")
    }

    /// Ends the watching: readiness is not told any more.
    ///
    /// - Parameter completion: Runs on the loop in libuv's close callback, also when the loop stops meanwhile; for a
    ///   descriptor that was closed before, as a posted job.
    public func close(_ completion: @escaping @Sendable () -> Void) {
        loop.preconditionOnLoop("close")
        if isClosed { return loop.post(completion) }
        completions.append(completion)
        shutDown()
    }

    func shutDown() {
        guard handle.isOpen else { return }
        handle.close { [self] in
            isClosed = true
            ready = { _ in }
            loop.core.forget(key)
            for completion in completions { completion() }
            completions = []
        }
    }

    fileprivate func arrived(_ status: Int32, _ events: Int32) {
        loop.core.beginTurn()
        guard status < 0 else { return ready(Readiness(pollEvents: events)) }
        // The descriptor is in error, and libuv has stopped watching it. The owner's next read or write says why.
        let hadInterest = interest
        interest = []
        ready(hadInterest.union(.disconnected))
    }
}

/// libuv's poll callback.
///
/// Runs on the loop's thread while the handle is open, so the owner is in the loop's register.
private func descriptorIsReady(_ handle: UnsafeMutablePointer<uv_poll_t>?, _ status: Int32, _ events: Int32) {
    guard let context = unsafe handle?.pointee.data else { preconditionFailure("A poll handle has no owner.") }
    unsafe Unmanaged<PolledDescriptor>.fromOpaque(context).takeUnretainedValue().arrived(status, events)
}
