import CLibUV

/// Our end of the pipe that a child writes to, used on the loop only.
@safe final class OutputPipe {
    /// The most bytes taken in one read.
    static let bufferBytes = 16_384

    private let handle: OwnedHandle
    private let loop: EventLoop
    private var onLine: @Sendable (ChildLine) -> Void
    private let buffer: UnsafeMutableBufferPointer<CChar>
    private var splitter: LineSplitter
    /// Runs once, when the child's end is closed and everything in the pipe was read.
    private var onEnd: () -> Void = {}

    init(_ stream: ChildLine.Stream, on loop: EventLoop, onLine: @escaping @Sendable (ChildLine) -> Void) {
        self.loop = loop
        self.onLine = onLine
        splitter = LineSplitter(stream)
        let uv = unsafe loop.core.handles.loop
        handle = unsafe OwnedHandle { unsafe uv_pipe_init(uv, $0, 0) }
        unsafe buffer = .allocate(capacity: Self.bufferBytes)
        handle.point(to: self)
    }

    deinit { unsafe buffer.deallocate() }

    /// What `uv_spawn` needs to give the other end to the child.
    var forChild: uv_stdio_container_t {
        var container = unsafe uv_stdio_container_t()
        unsafe container.flags = uv_stdio_flags(rawValue: UV_CREATE_PIPE.rawValue | UV_WRITABLE_PIPE.rawValue)
        unsafe container.data.stream = handle.pointer()
        return unsafe container
    }

    /// Begins to read.
    ///
    /// Called once, after the child was started.
    ///
    /// - Parameter onEnd: Runs when the pipe closed itself at its end; it keeps its maker alive until then.
    func startReading(onEnd: @escaping () -> Void) {
        self.onEnd = onEnd
        let result = unsafe uv_read_start(handle.pointer(), bufferWanted, outputArrived)
        precondition(result == 0, "libuv refused to read a new pipe: \(result).")
    }

    /// Ends the reading.
    ///
    /// Does nothing, and forgets the completion, when the pipe is closing already.
    func close(_ completion: @escaping () -> Void) {
        guard handle.isOpen else { return }
        onEnd = {}
        // The memory that libuv reads into belongs to this object, so the closing holds it.
        handle.close { [self] in
            onLine = { _ in }
            completion()
        }
    }

    fileprivate var space: uv_buf_t { unsafe uv_buf_init(buffer.baseAddress, UInt32(Self.bufferBytes)) }

    fileprivate func arrived(_ count: Int) {
        loop.core.beginTurn()
        if count > 0 {
            let bytes = unsafe buffer[..<count].lazy.map { UInt8(bitPattern: $0) }
            for line in unsafe splitter.take(bytes) where handle.isOpen { onLine(line) }
        } else if count < 0 {
            // The end, or an error that ends the stream as well.
            if let line = splitter.finish() { onLine(line) }
            close(onEnd)
        }
    }
}

// Both callbacks run on the loop's thread while the pipe is open; its child, which is in the loop's register, holds it.

private func owner(_ context: UnsafeMutableRawPointer?) -> OutputPipe {
    guard let context = unsafe context else { preconditionFailure("A pipe has no owner.") }
    return unsafe Unmanaged<OutputPipe>.fromOpaque(context).takeUnretainedValue()
}

private func bufferWanted(
    _ handle: UnsafeMutablePointer<uv_handle_t>?, _ suggestion: Int, _ buffer: UnsafeMutablePointer<uv_buf_t>?
) {
    guard let handle = unsafe handle, let buffer = unsafe buffer else { return }
    unsafe buffer.pointee = owner(handle.pointee.data).space
}

private func outputArrived(
    _ stream: UnsafeMutablePointer<uv_stream_t>?, _ count: Int, _ buffer: UnsafePointer<uv_buf_t>?
) {
    guard let stream = unsafe stream else { return }
    unsafe owner(stream.pointee.data).arrived(count)
}
