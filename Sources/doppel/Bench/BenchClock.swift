import Glibc

/// A clock that the benchmark's processes share.
enum BenchClock {
    /// Nanoseconds of the machine's monotonic clock.
    static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
