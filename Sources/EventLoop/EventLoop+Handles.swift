import CLibUV

extension EventLoop {
    /// Watches a descriptor, for nothing yet.
    ///
    /// Called on the loop.
    ///
    /// The descriptor is made non-blocking. It must be something that can be waited for: a socket, a pipe, a terminal;
    /// not a regular file.
    ///
    /// - Parameter ready: Runs on the loop, in libuv's callback, whenever something of what is watched for is the case.
    /// - Throws: ``EventLoopError`` when the system refuses, the descriptor is watched already, or the loop was
    ///   stopped.
    public func poll(
        _ descriptor: Int32, _ ready: @escaping @Sendable (Readiness) -> Void
    ) throws(EventLoopError) -> PolledDescriptor {
        preconditionOnLoop("poll")
        guard core.phase == .running else { throw .stopped("watch descriptor \(descriptor)") }
        return try PolledDescriptor(descriptor, on: self, ready)
    }

    /// Runs something that blocks on libuv's worker pool (4 threads, shared by the process), and its completion on
    /// the loop.
    ///
    /// Callable from any thread.
    ///
    /// Once accepted it is never cancelled, and stopping the loop waits for it. After the loop's end both run like
    /// late jobs, in the loop's place.
    ///
    /// - Parameters:
    ///   - body: Runs on a thread of the pool.
    ///   - completion: Runs on the loop with what the body returned.
    public func work<T: Sendable>(
        _ body: @escaping @Sendable () -> T, _ completion: @escaping @Sendable (T) -> Void
    ) {
        guard isOnLoop else { return post { self.work(body, completion) } }
        guard core.phase != .closed else { return completion(body()) }
        PooledWork(on: self) {
            let value = body()
            return { completion(value) }
        }.queue()
    }

    /// Starts a program as a child.
    ///
    /// Called on the loop.
    ///
    /// - Parameters:
    ///   - specification: What to start, and who reads its output.
    ///   - onExit: Runs on the loop exactly once, after the child's last line of output.
    /// - Throws: ``EventLoopError`` when there is no such program, the system refuses, or the loop was stopped.
    public func spawn(
        _ specification: ChildSpecification, onExit: @escaping @Sendable (ChildExit) -> Void
    ) throws(EventLoopError) -> ChildProcess {
        preconditionOnLoop("spawn")
        guard core.phase == .running else { throw .stopped("start \(specification.executable)") }
        return try ChildProcess(specification, on: self, onExit)
    }

    /// Takes a signal to the process as an event, instead of its default effect.
    ///
    /// Called on the loop.
    ///
    /// - Parameter action: Runs on the loop for every signal that arrives; signals of one number may merge.
    /// - Throws: ``EventLoopError`` when the signal cannot be caught, or the loop was stopped.
    public func onSignal(
        _ number: Int32, _ action: @escaping @Sendable () -> Void
    ) throws(EventLoopError) -> SignalWatch {
        preconditionOnLoop("onSignal")
        guard core.phase == .running else { throw .stopped("wait for signal \(number)") }
        return try SignalWatch(number, on: self, action)
    }

    /// Watches a folder: tells on the loop what changes in it.
    ///
    /// Called on the loop.
    ///
    /// ```swift
    /// let watch = try loop.watchFolder("twins/kinds") { change in
    ///     switch change {
    ///     case .changed: readAgainSoon()
    ///     case .lost: openAgainSoon()
    ///     }
    /// }
    /// ```
    ///
    /// - Parameter onChange: Runs on the loop for every change; ``FolderChange/lost(_:)`` is the last one.
    /// - Throws: ``EventLoopError`` when there is no such folder (`ENOENT`, `ENOTDIR`), the system watches as many as
    ///   it may (`ENOSPC`), or the loop was stopped.
    public func watchFolder(
        _ path: String, _ onChange: @escaping @Sendable (FolderChange) -> Void
    ) throws(EventLoopError) -> FolderWatch {
        preconditionOnLoop("watchFolder")
        guard core.phase == .running else { throw .stopped("watch folder \(path)") }
        return try FolderWatch(path, on: self, onChange)
    }
}
