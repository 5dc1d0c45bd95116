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
    /// Takes the budget's place for a part that lives by an outside service; `nil` for all others.
    ///
    /// That the service is down is no reason to end the process, and asking it all the time does not bring it back.
    public var breaker: Breaker.Limits?

    /// Puts a rule together.
    public init(
        policy: Policy = .permanent, intensity: Int = 5, periodMilliseconds: Int64 = 60_000,
        firstDelayMilliseconds: Int64 = 500, longestDelayMilliseconds: Int64 = 10_000,
        breaker: Breaker.Limits? = nil
    ) {
        self.policy = policy
        self.intensity = intensity
        self.periodMilliseconds = periodMilliseconds
        self.firstDelayMilliseconds = firstDelayMilliseconds
        self.longestDelayMilliseconds = longestDelayMilliseconds
        self.breaker = breaker
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

    /// All restarts, those that somebody asked for included.
    private(set) var total = 0
    /// How the breaker stands, where the rule has one and the part has been started.
    private(set) var breaker: Breaker?
    private var recent: [Uptime] = []
    private var runningSince: Uptime?

    /// A start begins.
    mutating func starting(_ rule: RestartRule) {
        runningSince = nil
        breaker = breaker ?? rule.breaker.map { Breaker($0) }
        breaker?.attempting()
    }

    /// The part runs.
    mutating func running(at uptime: Uptime) {
        runningSince = uptime
        breaker?.succeeded()
    }

    /// A restart that somebody asked for; it spends no budget, or asking could end the process.
    mutating func asked() { total += 1 }

    /// Judges an end and, where a restart follows, counts it.
    ///
    /// - Parameter jitter: 0 up to 1; spreads restarts over the second half of their wait.
    mutating func judge(wasInOrder: Bool, _ rule: RestartRule, at uptime: Uptime, jitter: Double) -> Verdict {
        switch rule.policy {
        case .permanent: break
        case .transient: if wasInOrder { return .rest }
        case .temporary: return .rest
        }
        let doublings: Int
        if rule.breaker != nil {
            if let runningSince, uptime.milliseconds(since: runningSince) >= rule.periodMilliseconds {
                breaker?.forget()
            }
            breaker?.failed()
            doublings = max(0, (breaker?.failures ?? 1) - 1)
        } else {
            recent.removeAll { uptime.milliseconds(since: $0) >= rule.periodMilliseconds }
            guard recent.count < rule.intensity else { return .escalate }
            doublings = recent.count
            recent.append(uptime)
        }
        runningSince = nil
        total += 1
        let delay = min(rule.firstDelayMilliseconds << Int64(min(doublings, 20)), rule.longestDelayMilliseconds)
        let wait = delay / 2 + Int64(Double(delay - delay / 2) * jitter)
        return .restart(afterMilliseconds: max(wait, breaker?.restMilliseconds ?? 0))
    }
}
