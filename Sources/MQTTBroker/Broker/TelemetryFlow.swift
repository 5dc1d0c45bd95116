/// How far the connection that brings telemetry has come, and whether telemetry is to stay at the broker.
///
/// A link ends for good, so each letting-in has a new one; the broker knows both by the same session, and keeps what it
/// would bring. The next is made when the one before has ended: two of one name would throw each other out.
struct TelemetryFlow: Equatable {
    /// How far the connection has come.
    private enum Stage: Equatable {
        /// None was begun. Next: open.
        case none
        /// One is up or being made. Next: ending.
        case open
        /// One is being ended. Next: none.
        case ending
    }

    /// What is to be done with the link.
    enum Step: Equatable {
        case nothing
        /// Make a new one and connect it.
        case begin
        /// End it, and say ``TelemetryFlow/ended()`` then.
        case end
    }

    /// Whether telemetry is to stay at the broker.
    private(set) var isHeld = false
    private var stage = Stage.none
    private var areAnswersKept = false

    /// Whether nothing of a connection is left.
    var hasNoLink: Bool { stage == .none }

    /// The answers' session is there: from now on telemetry may come.
    mutating func answersStand() -> Step {
        areAnswersKept = true
        return next()
    }

    /// Telemetry is to stay at the broker, or is let in again.
    mutating func hold(_ isHeld: Bool) -> Step {
        self.isHeld = isHeld
        return next()
    }

    /// The link has ended.
    mutating func ended() -> Step {
        stage = .none
        return next()
    }

    private mutating func next() -> Step {
        switch stage {
        case .none where areAnswersKept && !isHeld:
            stage = .open
            return .begin
        case .open where isHeld:
            stage = .ending
            return .end
        case .none, .open, .ending: return .nothing
        }
    }
}
