import Logging
import Synchronization

/// Hears the notices of the inbox, and keeps what is told of it.
///
/// What is wrong with a payload is logged once for each way of being wrong, and counted after that.
final class InboxBell: Sendable {
    private let logger: Logger
    private let state = Mutex(InboxStanding())

    init(logger: Logger) { self.logger = logger }

    /// What is told of the inbox.
    var standing: InboxStanding { state.withLock { $0 } }

    /// Changes what is told of the inbox.
    ///
    /// - Returns: What was told before.
    @discardableResult
    func note(_ change: (inout InboxStanding) -> Void) -> InboxStanding {
        state.withLock { state in
            defer { change(&state) }
            return state
        }
    }

    /// Takes in what somebody notified.
    ///
    /// - Returns: Whether a row may be there.
    func heard(_ payload: String) -> Bool {
        guard case .wrong(let flaw) = InboxNotice(payload) else { return true }
        let before = note { $0.flaws[flaw, default: 0] += 1 }
        if before.flaws[flaw] == nil {
            logger.warning(
                "inbox.notice-ignored",
                metadata: [
                    "reason": "\(flaw.rawValue)", "payload": "\(payload.prefix(InboxNotice.shownCharacters))",
                    "right": #"{"table":"inbox_messages","key":17}"#,
                ])
        }
        return false
    }
}
