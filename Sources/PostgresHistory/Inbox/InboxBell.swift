import EventLoop
import Logging
import Synchronization

/// Wakes the inbox, and keeps what is told of it.
///
/// What is wrong with a payload is logged once for each way of being wrong, and counted after that.
final class InboxBell: Sendable {
    /// The wait for the next notice; ends early with one.
    let notices: FeedAlarm
    /// A rest that no notice ends early, so that notices without end cost little.
    let pause: FeedAlarm
    private let logger: Logger
    private let state = Mutex(InboxStanding())

    init(on loop: EventLoop, logger: Logger) {
        notices = FeedAlarm(on: loop)
        pause = FeedAlarm(on: loop)
        self.logger = logger
    }

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

    /// Ends every wait: after a new connection what was notified before is lost.
    func ringForAll() {
        pause.ring()
        notices.ring()
    }

    /// Somebody notified.
    func heard(_ payload: String) {
        switch InboxNotice(payload) {
        case .row: notices.ring()
        case .wrong(let flaw):
            let before = note { $0.flaws[flaw, default: 0] += 1 }
            guard before.flaws[flaw] == nil else { return }
            logger.warning(
                "inbox.notice-ignored",
                metadata: [
                    "reason": "\(flaw.rawValue)", "payload": "\(payload.prefix(InboxNotice.shownCharacters))",
                    "right": #"{"table":"inbox_messages","key":17}"#,
                ])
        }
    }
}
