// The loop is a plain serial executor, not a task executor as well: with two identities every `await` between its
// actors would go through the queue instead of going on at once.
extension EventLoop {
    /// Takes a piece of an actor's work.
    ///
    /// Called by the Swift runtime on any thread.
    public func enqueue(_ job: consuming ExecutorJob) { accept(.task(UnownedJob(job))) }

    /// The loop as the Swift runtime knows it: an executor whose identity is the object's.
    ///
    /// It does not keep the loop alive; the actor that returns it must.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { unsafe UnownedSerialExecutor(ordinary: self) }

    /// Whether the current thread is the loop's; lets `assumeIsolated` work in callbacks that no task runs.
    public func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    /// Traps unless the current thread is the loop's.
    public func checkIsolated() { preconditionOnLoop("Code of an actor that lives on the loop") }

    /// Queues a job.
    ///
    /// On the loop's thread without lock and wake-up; the turn that runs now will see it.
    func accept(_ job: LoopJob) {
        if isOnLoop {
            core.append(job)
        } else if core.inbox.leave(job) {
            runStragglersOnSubstituteThread()
        }
    }
}
