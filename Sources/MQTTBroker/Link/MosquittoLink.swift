public import EventLoop
public import Logging
import TwinCore
public import TwinRuntime

/// A connection to an MQTT broker that is made again whenever it is lost, until ``stop(_:)``.
///
/// Everything happens on the loop: calls are made there, events arrive there. Names are resolved and sockets
/// connected on a worker thread. Each connection has a structure of the library of its own, so what was queued when
/// one was lost (a command, an acknowledgement) never leaves late on the next; what de-energises is sent again.
public final class MosquittoLink: @unchecked Sendable {
    /// The most messages one turn reads.
    public static let maximumMessagesPerTurn = 512
    /// The most bytes one turn reads, topics included; the last message may go over it.
    public static let maximumBytesPerTurn = 8 << 20
    /// The longest one turn reads; what was read still has to go through the twins within the same 5 ms.
    public static let maximumReadingTime = Duration.milliseconds(2)
    /// How long a goodbye may take, in milliseconds.
    public static let goodbyeMilliseconds: Int64 = 1_000

    enum State {
        /// Not started. May become `connecting` or `stopped`.
        case idle
        /// A worker thread is making a connection. May become `handshaking`, `waiting` or `stopped`.
        case connecting
        /// The socket is connected and the broker has not answered. May become `up` or `closing`.
        case handshaking(LinkConnection)
        /// The broker has accepted. May become `leaving` or `closing`.
        case up(LinkConnection)
        /// A goodbye is being written. May become `closing`.
        case leaving(LinkConnection)
        /// The connection is over and its poll handle not closed yet. May become `waiting` or `stopped`.
        case closing
        /// The next attempt waits for its time. May become `connecting` or `stopped`.
        case waiting(any LoopTimer)
        /// Nothing happens any more.
        case stopped
    }

    /// What the connection is made of.
    public let options: LinkOptions
    let loop: EventLoop
    let logger: Logger
    let draw: @Sendable (ClosedRange<Int64>) -> Int64
    var policy: ReconnectPolicy
    var events: LinkEvents
    var state = State.idle
    var gate = AcknowledgementGate()
    var pacer = ReadPacer()
    /// What waits to be handed to the library; what de-energises outlives a connection.
    var outbound = OutboundQueue()
    var stopCompletions: [@Sendable () -> Void] = []
    var lastNumber: UInt64 = 0
    /// Whether the session at the broker was begun by this link and may lack subscriptions.
    var isSessionBare = false
    private var isProceedingPosted = false

    /// Makes a link that does nothing yet.
    ///
    /// - Parameter draw: Draws one number of a range for the jitter of the back-off.
    public init(
        loop: EventLoop, options: LinkOptions, policy: ReconnectPolicy = ReconnectPolicy(),
        logger: Logger = Logger(label: "doppel.mqtt"),
        draw: @escaping @Sendable (ClosedRange<Int64>) -> Int64 = { Int64.random(in: $0) }
    ) {
        self.loop = loop
        self.options = options
        self.policy = policy
        self.logger = logger
        self.draw = draw
        events = LinkEvents()
    }

    /// Whether publications are taken.
    public var isUp: Bool {
        guard case .up(let connection) = state else { return false }
        return !connection.isOver
    }

    /// Connects, and keeps reconnecting.
    ///
    /// Once per link.
    public func start(_ events: LinkEvents) {
        loop.checkIsolated()
        guard case .idle = state else { preconditionFailure("the link was started while \(state)") }
        self.events = events
        connect()
    }

    /// Subscribes to more than the options say, on this connection only.
    ///
    /// - Returns: Whether the link took it; `false` when it is down or the filter is no filter. If the broker
    ///   refuses, the connection is given up and made again.
    public func subscribe(_ subscription: Subscription) -> Bool {
        loop.checkIsolated()
        guard case .up(let connection) = state, !connection.isOver,
            let mid = connection.handle.subscribe(subscription)
        else { return false }
        connection.subscriptions[mid] = subscription
        flush(connection)
        proceedSoon()
        return true
    }

    /// Says that the batch handed over last is durable: acknowledges it, if its connection still lives, and reads
    /// on.
    ///
    /// Harmless when there is none.
    public func acknowledge() {
        loop.checkIsolated()
        switch gate.acknowledged() {
        case .flush:
            if case .up(let connection) = state { flush(connection) }
            proceedSoon()
        case .handOver, .resume:
            proceedSoon()
        case .nothing, .keep, .forget:
            break
        }
    }

    /// Cuts the connection without a goodbye, as if the network had failed: the broker publishes the will, and the
    /// link reconnects after its back-off.
    ///
    /// Harmless when there is no connection.
    public func cut() {
        loop.checkIsolated()
        switch state {
        case .handshaking(let connection), .up(let connection):
            connection.failure = LinkFailure("cut on purpose")
            proceedSoon()
        case .idle, .connecting, .leaving, .closing, .waiting, .stopped:
            break
        }
    }

    /// Says goodbye, if that acknowledges nothing that is not durable, and calls back when the connection is closed.
    ///
    /// No event comes any more. An attempt that is under way on a worker thread is not waited for.
    public func stop(_ completion: @escaping @Sendable () -> Void) {
        loop.checkIsolated()
        stopCompletions.append(completion)
        events = LinkEvents()
        switch state {
        case .idle, .connecting, .stopped:
            state = .stopped
            loop.post { self.stopped() }
        case .waiting(let timer):
            timer.cancel()
            state = .stopped
            loop.post { self.stopped() }
        case .handshaking(let connection):
            connection.failure = LinkFailure("stopped")
            proceedSoon()
        case .up(let connection):
            leave(connection)
        case .leaving, .closing:
            break
        }
    }

    /// Looks after the connection from the loop, outside of any call of the owner's.
    func proceedSoon() {
        guard !isProceedingPosted else { return }
        isProceedingPosted = true
        loop.post { [self] in
            isProceedingPosted = false
            proceed()
        }
    }

    func stopped() {
        state = .stopped
        let completions = stopCompletions
        stopCompletions = []
        for completion in completions { completion() }
    }
}
