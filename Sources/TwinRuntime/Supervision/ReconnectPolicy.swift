public import TwinCore

/// When to try again after a connection failed: exponential back-off with jitter, and a breaker.
///
/// A value without clock and without randomness of its own: both are passed in, so a list of failures always leads
/// to the same waits. A connection that was lost before it had been up for
/// ``Limits/stableMilliseconds`` counts as one more failure, so two clients that throw each other out back off too.
public struct ReconnectPolicy: Sendable, Equatable {
    /// The numbers of a policy, in milliseconds unless their name says otherwise.
    public struct Limits: Sendable, Equatable {
        /// The shortest wait.
        public var floorMilliseconds: Int64
        /// The longest wait.
        public var ceilingMilliseconds: Int64
        /// How many failures in a row open the breaker.
        public var failuresToOpen: Int
        /// The shortest wait while the breaker is open.
        public var openMilliseconds: Int64
        /// How long a connection must have been up for its loss to be the first failure again.
        public var stableMilliseconds: Int64

        /// Puts limits together; without arguments, those of the design: 1 s … 60 s, five failures → 30 s.
        public init(
            floorMilliseconds: Int64 = 1_000, ceilingMilliseconds: Int64 = 60_000, failuresToOpen: Int = 5,
            openMilliseconds: Int64 = 30_000, stableMilliseconds: Int64 = 10_000
        ) {
            precondition(
                floorMilliseconds > 0 && ceilingMilliseconds >= floorMilliseconds && failuresToOpen > 0,
                "a back-off needs 0 < floor <= ceiling and at least one failure to open")
            self.floorMilliseconds = floorMilliseconds
            self.ceilingMilliseconds = ceilingMilliseconds
            self.failuresToOpen = failuresToOpen
            self.openMilliseconds = openMilliseconds
            self.stableMilliseconds = stableMilliseconds
        }
    }

    /// Why a connection was lost, as far as it matters for the next.
    public enum Cause: Sendable, Equatable {
        /// It broke, or an attempt failed.
        case trouble
        /// Another client took it over by its id: the breaker opens at once, or the two would fight.
        case takenOver
        /// The link gave up a connection to a service that answers: the next attempt follows at once.
        case ownDecision
    }

    /// The numbers in force.
    public let limits: Limits
    private var circuit: Breaker
    private var connectedAt: Uptime?

    /// Starts with no failure on record.
    public init(limits: Limits = Limits()) {
        self.limits = limits
        circuit = Breaker(
            Breaker.Limits(failuresToOpen: limits.failuresToOpen, openMilliseconds: limits.openMilliseconds))
    }

    /// How many attempts or young connections failed in a row.
    public var consecutiveFailures: Int { circuit.failures }
    /// How the breaker stands.
    public var breaker: Breaker.State { circuit.state }

    /// Says that an attempt begins.
    public mutating func attempting() { circuit.attempting() }

    /// Opens the breaker with the next failure, because what is wrong does not go over by itself.
    public mutating func trip() { circuit.trip() }

    /// Says that a connection came up.
    public mutating func connected(at now: Uptime) {
        connectedAt = now
        circuit.succeeded()
    }

    /// Says that an attempt failed or a connection was lost.
    ///
    /// - Parameters:
    ///   - cause: Why.
    ///   - now: When.
    ///   - draw: Draws one number of a range, all equally likely.
    /// - Returns: How long to wait before the next attempt, in milliseconds.
    public mutating func failed(
        _ cause: Cause = .trouble, at now: Uptime, draw: (ClosedRange<Int64>) -> Int64
    ) -> Int64 {
        if cause == .ownDecision {
            connectedAt = nil
            return 0
        }
        if let connectedAt, now.milliseconds(since: connectedAt) >= limits.stableMilliseconds {
            circuit.forget()
        }
        connectedAt = nil
        circuit.failed()
        if cause == .takenOver { circuit.trip() }
        let longest = backOff()
        let shortest = max(limits.floorMilliseconds, longest / 2, circuit.restMilliseconds)
        return draw(shortest...max(shortest, longest))
    }

    /// The longest wait after this many failures: twice the floor, then doubling, up to the ceiling.
    private func backOff() -> Int64 {
        var wait = limits.floorMilliseconds
        for _ in 0..<consecutiveFailures {
            if wait >= limits.ceilingMilliseconds / 2 { return limits.ceilingMilliseconds }
            wait *= 2
        }
        return wait
    }
}
