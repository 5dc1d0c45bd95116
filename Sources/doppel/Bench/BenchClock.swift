import EventLoop

/// A clock that the benchmark's processes share.
enum BenchClock {
    /// Nanoseconds of the machine's monotonic clock.
    static var now: Int64 { Int64(EventLoop.monotonicNanoseconds()) }
}
