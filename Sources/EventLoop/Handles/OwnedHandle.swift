import CLibUV

/// The memory of one libuv handle: allocated here, freed in libuv's close callback, and nowhere else.
///
/// libuv may touch a handle until its close callback has run, so neither letting go of the owner nor `deinit` may
/// free it. Everything but the making happens on the loop.
@safe final class OwnedHandle {
    /// Whether ``close(_:)`` has not been called yet.
    private(set) var isOpen = true
    private let memory: UnsafeMutableRawPointer

    /// Allocates the memory and has `start` initialise the handle; a refusal frees it again.
    ///
    /// - Parameters:
    ///   - operation: What is being tried, for the error.
    ///   - start: libuv's `…_init` for this kind of handle, which answers with an error number.
    init<Kind>(_ operation: String, _ start: (UnsafeMutablePointer<Kind>) -> Int32) throws(EventLoopError) {
        let typed = UnsafeMutablePointer<Kind>.allocate(capacity: 1)
        let result = unsafe start(typed)
        if result < 0 {
            unsafe typed.deallocate()
            throw .refused(operation, result)
        }
        unsafe memory = UnsafeMutableRawPointer(typed)
    }

    /// Allocates the memory for a handle whose initialisation cannot fail, or happens later.
    init<Kind>(_ start: (UnsafeMutablePointer<Kind>) -> Int32) {
        let typed = UnsafeMutablePointer<Kind>.allocate(capacity: 1)
        let result = unsafe start(typed)
        precondition(result == 0, "libuv refused a handle that costs nothing: \(result).")
        unsafe memory = UnsafeMutableRawPointer(typed)
    }

    /// The handle as its own type, or as a type it begins with (`uv_handle_t`, `uv_stream_t`).
    ///
    /// Not after closing.
    func pointer<Kind>() -> UnsafeMutablePointer<Kind> { unsafe memory.assumingMemoryBound(to: Kind.self) }

    /// Lets callbacks find their owner, which must outlive the closing; the loop's register sees to that.
    func point(to owner: AnyObject) { unsafe uv_handle_set_data(pointer(), Unmanaged.passUnretained(owner).toOpaque()) }

    /// Stops the handle for good; no other callback of it runs from now on.
    ///
    /// - Parameter completion: Runs on the loop, in libuv's close callback, after the memory was freed.
    func close(_ completion: @escaping () -> Void) {
        precondition(isOpen, "A handle was closed twice.")
        isOpen = false
        let closing = unsafe Closing { [memory] in
            unsafe memory.deallocate()
            completion()
        }
        unsafe uv_handle_set_data(pointer(), Unmanaged.passRetained(closing).toOpaque())
        unsafe uv_close(pointer(), handleClosed)
    }
}

/// What is left to do once libuv lets go of a handle.
private final class Closing {
    let finish: () -> Void
    init(_ finish: @escaping () -> Void) { self.finish = finish }
}

// libuv's close callback. Runs on the loop's thread, in the turn after `uv_close`, when libuv is done with the memory;
// that is the one moment when freeing it is safe.
private func handleClosed(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    guard let context = unsafe uv_handle_get_data(handle) else {
        preconditionFailure("A handle was closed by somebody else.")
    }
    unsafe Unmanaged<Closing>.fromOpaque(context).takeRetainedValue().finish()
}
