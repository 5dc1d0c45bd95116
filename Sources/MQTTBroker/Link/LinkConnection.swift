import EventLoop
import TwinCore
import TwinRuntime

/// One connection of a link, from the connected socket to the closed one.
///
/// Confined to the loop.
final class LinkConnection: @unchecked Sendable {
    /// Tells this connection from those before it.
    let number: UInt64
    let handle: MosquittoHandle
    /// When the broker must have answered.
    let answerDeadline: Uptime
    /// The publications the broker has not answered, by packet identifier.
    var unanswered: [Int32: Unanswered] = [:]
    private var sentCount: UInt64 = 0
    /// No unanswered publication's time is over before this; `nil` when none expires.
    private var earliestDeadline: Uptime?
    /// The subscriptions the broker has not answered, by packet identifier.
    var subscriptions: [Int32: Subscription] = [:]
    /// Whether the owner was told that the connection is up.
    var isAnnounced = false
    /// Whether reading stopped before the socket was drained.
    var isUndrained = false
    /// Why the connection is over, once a call has said so.
    var failure: LinkFailure?
    /// The next once-a-second look after the connection.
    var secondTimer: (any LoopTimer)?
    /// The next reading, while reading happens on ticks.
    var readTimer: (any LoopTimer)?

    private var polled: PolledDescriptor?
    private var isPollClosed = true
    private var whenClosed: (() -> Void)?

    init(number: UInt64, handle: MosquittoHandle, answerDeadline: Uptime) {
        self.number = number
        self.handle = handle
        self.answerDeadline = answerDeadline
    }

    /// A publication that the broker has not answered.
    struct Unanswered {
        let publication: Publication
        /// When it must no longer reach anybody; `nil` for a publication that never expires.
        let deadline: Uptime?
        /// How many were handed over before it.
        let order: UInt64
    }

    /// Notes a publication that the library took.
    func sent(_ item: OutboundQueue.Item, mid: Int32) {
        unanswered[mid] = Unanswered(publication: item.publication, deadline: item.deadline, order: sentCount)
        sentCount += 1
        guard let deadline = item.deadline else { return }
        earliestDeadline = min(earliestDeadline ?? deadline, deadline)
    }

    /// Whether the time of a publication is over that the broker has not taken in full.
    func isOverdue(at now: Uptime) -> Bool {
        guard let earliestDeadline, earliestDeadline <= now else { return false }
        self.earliestDeadline = unanswered.values.lazy.compactMap(\.deadline).min()
        return self.earliestDeadline.map { $0 <= now } ?? false
    }

    /// Whether no more traffic is possible.
    var isOver: Bool { failure != nil || handle.events.loss != nil }

    /// Starts polling the socket, and makes sure polling ends before the library gives up the socket.
    func poll(on loop: EventLoop, _ ready: @escaping @Sendable (Readiness) -> Void) throws(EventLoopError) {
        polled = try loop.poll(handle.descriptor, ready)
        isPollClosed = false
        handle.willLose = { [weak self] in self?.stopPolling() }
    }

    /// Says what the socket is polled for.
    func watch(_ wanted: Readiness) {
        polled?.watch(wanted)
    }

    /// Stops polling for good.
    func stopPolling() {
        guard let polled else { return }
        self.polled = nil
        polled.close { [self] in
            isPollClosed = true
            whenClosed?()
            whenClosed = nil
        }
    }

    /// Ends the connection without a goodbye, and calls back when the socket's number is free for the next one.
    func close(_ completion: @escaping () -> Void) {
        secondTimer?.cancel()
        readTimer?.cancel()
        stopPolling()
        handle.willLose = nil
        if isPollClosed { completion() } else { whenClosed = completion }
    }
}
