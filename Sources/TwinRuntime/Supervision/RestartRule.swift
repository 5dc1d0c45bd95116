import TwinCore

/// When a part is restarted, how often, and how soon.
public struct RestartRule: Sendable, Equatable {
    /// Which ends are followed by a restart.
    public enum Policy: String, Sendable {
        /// Every end.
        case permanent
        /// Every end that was not in order.
        case transient
        /// None.
        case temporary
    }

    /// Which ends are followed by a restart.
    public var policy: Policy
    /// How many restarts are allowed within the period; the next one is the parent's concern.
    public var intensity: Int
    /// The period, in milliseconds.
    public var periodMilliseconds: Int64
    /// The wait before the first restart; doubled with each, in milliseconds.
    public var firstDelayMilliseconds: Int64
    /// The longest wait, in milliseconds.
    public var longestDelayMilliseconds: Int64

    /// Puts a rule together.
    public init(
        policy: Policy = .permanent, intensity: Int = 5, periodMilliseconds: Int64 = 60_000,
        firstDelayMilliseconds: Int64 = 500, longestDelayMilliseconds: Int64 = 10_000
    ) {
        self.policy = policy
        self.intensity = intensity
        self.periodMilliseconds = periodMilliseconds
        self.firstDelayMilliseconds = firstDelayMilliseconds
        self.longestDelayMilliseconds = longestDelayMilliseconds
    }
}

/// The restarts a part has had of late.
struct RestartHistory: Sendable, Equatable {
    /// What follows an end.
    enum Verdict: Sendable, Equatable {
        /// Restart after so many milliseconds.
        case restart(afterMilliseconds: Int64)
        /// It stays ended, as it should.
        case rest
        /// Too many restarts within the period: the parent decides.
        case escalate
    }

    private(set) var total = 0
    private var recent: [Uptime] = []

    /// Judges an end and, where a restart follows, counts it.
    ///
    /// - Parameter jitter: 0 up to 1; spreads restarts over the second half of their wait.
    mutating func judge(wasInOrder: Bool, _ rule: RestartRule, at uptime: Uptime, jitter: Double) -> Verdict {
        switch rule.policy {
        case .permanent: break
        case .transient: if wasInOrder { return .rest }
        case .temporary: return .rest
        }
        recent.removeAll { uptime.milliseconds(since: $0) >= rule.periodMilliseconds }
        guard recent.count < rule.intensity else { return .escalate }
        let doubled = rule.firstDelayMilliseconds << Int64(min(recent.count, 20))
        let delay = min(doubled, rule.longestDelayMilliseconds)
        recent.append(uptime)
        total += 1
        return .restart(afterMilliseconds: delay / 2 + Int64(Double(delay - delay / 2) * jitter))
    }
}
