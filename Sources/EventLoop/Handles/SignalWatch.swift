import CLibUV

/// A signal that the loop waits for, used on the loop only; letting go of it does not end the waiting.
public final class SignalWatch: @unchecked Sendable, OpenOnLoop {
    private let handle: OwnedHandle
    private let loop: EventLoop
    /// Let go of once closed, because it often holds what holds this object.
    private var action: @Sendable () -> Void
    private var key: UInt64 = 0

    init(_ number: Int32, on loop: EventLoop, _ action: @escaping @Sendable () -> Void) throws(EventLoopError) {
        self.loop = loop
        self.action = action
        let uv = unsafe loop.core.handles.loop
        handle = try unsafe OwnedHandle("wait for signal \(number)") {
            unsafe uv_signal_init(uv, $0)
        }
        handle.point(to: self)
        key = loop.core.register(self)
        let result = unsafe uv_signal_start(handle.pointer(), signalArrived, number)
        if result < 0 {
            shutDown()
            throw .refused("wait for signal \(number)", result)
        }
    }

    /// Ends the waiting; the signal has its default effect again, unless somebody else waits for it.
    public func close() {
        loop.preconditionOnLoop("close")
        shutDown()
    }

    func shutDown() {
        guard handle.isOpen else { return }
        handle.close { [self] in
            action = {}
            loop.core.forget(key)
        }
    }

    fileprivate func arrived() {
        loop.core.beginTurn()
        action()
    }
}

/// libuv's signal callback.
///
/// Runs on the loop's thread, not in the signal handler; the owner is in the loop's register.
private func signalArrived(_ handle: UnsafeMutablePointer<uv_signal_t>?, _ number: Int32) {
    guard let context = unsafe handle?.pointee.data else { preconditionFailure("A signal handle has no owner.") }
    unsafe Unmanaged<SignalWatch>.fromOpaque(context).takeUnretainedValue().arrived()
}
