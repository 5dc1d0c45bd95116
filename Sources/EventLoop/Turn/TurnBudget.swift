import CLibUV

/// How much one turn may still run before descriptors are looked at again.
struct TurnBudget {
    /// The most timers and jobs of one turn.
    static let maximumJobs = 4096
    /// How long a turn may last, from its first callback, in nanoseconds.
    static let maximumNanoseconds: UInt64 = 5_000_000
    /// What jobs get even if the descriptors' callbacks used the turn up, in nanoseconds.
    static let guaranteedNanoseconds: UInt64 = 1_000_000
    /// Jobs between two looks at the clock, which costs about as much as a small job.
    static let maximumStride = 32
    /// A stretch of jobs this long, in nanoseconds, makes the next look come sooner.
    static let longStretchNanoseconds: UInt64 = 100_000

    private let deadline: UInt64
    private var remaining = Self.maximumJobs
    private var stride = 1
    private var untilLook = 1
    private var lastLook: UInt64

    /// A budget for jobs.
    init(jobsOfTurn start: UInt64, now: UInt64) {
        self.init(from: now, until: max(start + Self.maximumNanoseconds, now + Self.guaranteedNanoseconds))
    }

    /// A budget for timers: half as much, so that jobs always get their turn as well.
    init(timersOfTurn start: UInt64, now: UInt64) {
        self.init(from: now, until: max(start + Self.maximumNanoseconds / 2, now + Self.guaranteedNanoseconds / 2))
    }

    private init(from now: UInt64, until deadline: UInt64) {
        self.deadline = deadline
        lastLook = now
    }

    /// Whether one more may run.
    ///
    /// Looks at the clock after every job at first, and less often while jobs are short.
    mutating func allowsAnother() -> Bool {
        guard remaining > 0 else { return false }
        remaining -= 1
        untilLook -= 1
        guard untilLook < 0 else { return true }
        let now = uv_hrtime()
        let isLong = now - lastLook > Self.longStretchNanoseconds
        stride = isLong ? 1 : min(stride * 2, Self.maximumStride)
        untilLook = stride - 1
        lastLook = now
        if now >= deadline { remaining = 0 }
        return now < deadline
    }
}
