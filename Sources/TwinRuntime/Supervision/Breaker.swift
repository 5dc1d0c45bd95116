/// Keeps a failing outside service from being hammered: after so many failures in a row it is left alone for a while.
///
/// A value without a clock: whoever uses it waits for ``restMilliseconds`` at least before the next attempt.
public struct Breaker: Sendable, Equatable {
    /// Whether attempts are made.
    public enum State: String, Sendable {
        /// Attempts are made at the usual pace.
        case closed
        /// Too many failures in a row: no attempt until the rest is over.
        case open
        /// The rest is over and one attempt is under way; its failure opens the breaker again.
        case halfOpen = "half_open"
    }

    /// When a breaker opens, and for how long.
    public struct Limits: Sendable, Equatable {
        /// How many failures in a row open it.
        public var failuresToOpen: Int
        /// For how long it stays open, in milliseconds.
        public var openMilliseconds: Int64

        /// Puts limits together; without arguments, those of the design: five failures, 30 s.
        public init(failuresToOpen: Int = 5, openMilliseconds: Int64 = 30_000) {
            precondition(failuresToOpen > 0 && openMilliseconds >= 0, "a breaker needs at least one failure to open")
            self.failuresToOpen = failuresToOpen
            self.openMilliseconds = openMilliseconds
        }
    }

    /// The numbers in force.
    public let limits: Limits
    /// How it stands.
    public private(set) var state = State.closed
    /// How many failures there were in a row; see ``forget()``.
    public private(set) var failures = 0

    /// Makes a closed breaker.
    public init(_ limits: Limits = Limits()) { self.limits = limits }

    /// How long no attempt may be made from the latest failure on, in milliseconds; 0 while it is not open.
    public var restMilliseconds: Int64 { state == .open ? limits.openMilliseconds : 0 }

    /// An attempt begins.
    public mutating func attempting() {
        if state == .open { state = .halfOpen }
    }

    /// The attempt succeeded; failures are kept in mind, because what works for a moment may only be flapping.
    public mutating func succeeded() { state = .closed }

    /// The service has worked for long enough: its next failure is the first again.
    public mutating func forget() { failures = 0 }

    /// Opens at once, whatever came before.
    public mutating func trip() {
        failures = max(failures, limits.failuresToOpen)
        state = .open
    }

    /// An attempt failed, or what had worked does not work any more.
    public mutating func failed() {
        failures += 1
        state = failures >= limits.failuresToOpen ? .open : .closed
    }
}
