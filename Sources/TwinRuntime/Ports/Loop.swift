public import TwinCore

/// The one thread that twins, broker links and timers live on, and its clocks.
///
/// The loop is the `unownedExecutor` of every actor of the street, so calls between them are synchronous through
/// `assumeIsolated` and arrive in order. There are two implementations: libuv's, and a simulated one whose clock
/// jumps to the next deadline.
public protocol Loop: SerialExecutor {
    /// Now, on both clocks. Callable from any thread.
    var moment: Moment { get }

    /// The clock that the uptime of ``moment`` comes from, in nanoseconds. Callable from any thread.
    ///
    /// For measuring how long something took; what is decided is decided by ``moment``.
    var uptimeNanoseconds: UInt64 { get }

    /// Runs a job on the loop as soon as it is free, after everything posted before. Callable from any thread.
    func post(_ job: @escaping @Sendable () -> Void)

    /// Runs a job on the loop once `deadline` has passed. Called on the loop.
    ///
    /// - Returns: The timer; letting go of it does not cancel it.
    func schedule(at deadline: Uptime, _ job: @escaping @Sendable () -> Void) -> any LoopTimer
}

/// A job that waits for its time.
public protocol LoopTimer: Sendable {
    /// Makes sure the job does not run any more. Called on the loop; harmless afterwards.
    func cancel()
}

extension Loop {
    /// As exact as ``moment``, which is all that a simulated clock has.
    public var uptimeNanoseconds: UInt64 { UInt64(moment.uptime.milliseconds) * 1_000_000 }

    /// Schedules a job a number of milliseconds from now.
    ///
    /// Called on the loop.
    public func schedule(afterMilliseconds delay: Int64, _ job: @escaping @Sendable () -> Void) -> any LoopTimer {
        schedule(at: moment.uptime.advanced(byMilliseconds: delay), job)
    }
}
