public import EventLoop
public import Logging
import TwinCore
public import TwinRuntime

/// The broker port over libmosquitto: two gated connections that receive, and the control connection, which sends.
///
/// What must not wait behind readings comes on the answers connection, everything else on the ingest connection; the
/// runtime sees both as one, *ingest*.
///
/// Everything happens on the loop. A publication is sent at most once per ``publish(_:)``: when the control connection
/// is lost, what it had not delivered is gone with it (its session ends at the broker too), because a command that
/// energises an actuator must never leave late. Whoever sent it sees no acknowledgement, and decides anew. What
/// de-energises is the exception: unanswered, it is the first thing sent on the next connection.
public final class MosquittoBroker: Broker, @unchecked Sendable {
    /// How long ``stop(_:)`` waits for the broker to take the word `offline`, in milliseconds.
    public static let farewellMilliseconds: Int64 = 1_000
    /// Tokens from here on are the broker's own; publications passed to ``publish(_:)`` have smaller ones.
    public static let firstReservedToken = UInt64.max - 2

    static let fenceToken = UInt64.max - 2
    private static let onlineToken = UInt64.max - 1
    private static let offlineToken = UInt64.max

    /// How far the broker is on its way.
    private enum Phase {
        /// Not started. May become `running` or `stopped`.
        case idle
        /// The connections are up or being made. May become `leaving`.
        case running
        /// `offline` is on its way. May become `closing`.
        case leaving
        /// The connections are being closed. May become `stopped`.
        case closing(linksLeft: Int)
        /// Nothing happens any more.
        case stopped
    }

    let loop: EventLoop
    private let options: BrokerOptions
    private let status: ServerStatus
    let logger: Logger
    /// Tells this run's fences from those of runs before.
    let run: String
    /// Made anew each time telemetry is let in again.
    var ingest: MosquittoLink
    let answers: MosquittoLink
    let control: MosquittoLink
    private var phase = Phase.idle
    private var events: (any BrokerEvents)?
    /// Whether telemetry stays at the broker, and how far its connection has come.
    var telemetry = TelemetryFlow()
    var pair = GatedPair()
    var coverage = AnswerCoverage()
    /// The fence that the ingest connection has brought, until all before it is durable.
    var fenceRead: UInt64?
    private var stopCompletions: [@Sendable () -> Void] = []

    /// Makes a broker that does nothing yet.
    public init(
        loop: EventLoop, options: BrokerOptions, status: ServerStatus, logger: Logger = Logger(label: "doppel.mqtt")
    ) {
        self.loop = loop
        self.options = options
        self.status = status
        self.logger = logger
        run = "\(loop.moment.time.milliseconds)-\(loop.uptimeNanoseconds)"
        let policy = ReconnectPolicy(limits: options.reconnecting)
        ingest = MosquittoLink(loop: loop, options: options.ingest, policy: policy, logger: logger)
        answers = MosquittoLink(loop: loop, options: options.answers, policy: policy, logger: logger)
        var control = options.control
        control.will = { [status, loop] in
            LinkWill(
                topic: status.topic, payload: status.offlinePayload(loop.moment.time, .unexpectedDisconnect),
                qos: 1, isRetained: true)
        }
        self.control = MosquittoLink(loop: loop, options: control, policy: policy, logger: logger)
    }

    /// Connects, and keeps reconnecting until ``stop(_:)``.
    ///
    /// Once per broker, on the loop.
    public func start(_ events: any BrokerEvents) {
        loop.checkIsolated()
        guard case .idle = phase else { preconditionFailure("the broker was started while \(phase)") }
        phase = .running
        self.events = events
        control.start(controlEvents())
        startGated()
    }

    /// How the breaker of a connection stands, of the two gated ones the worse; asked on the loop.
    public func breaker(of connection: BrokerConnection) -> Breaker.State {
        loop.checkIsolated()
        return switch connection {
        case .ingest where telemetry.isHeld: answers.policy.breaker
        case .ingest: GatedPair.worse(ingest.policy.breaker, answers.policy.breaker)
        case .control: control.policy.breaker
        }
    }

    /// Says that everything handed over so far is durable: sends its acknowledgements and reads on, answers first.
    ///
    /// Each gated connection hands over once and then waits for this, so neither starves the other.
    /// If the connection it came from is gone, nothing is acknowledged: the broker sends those messages again.
    public func acknowledge() {
        answers.acknowledge()
        ingest.acknowledge()
        guard let fence = fenceRead else { return }
        fenceRead = nil
        coverage.passed(fence: fence)
    }

    /// Sends one message on the control connection, at once.
    ///
    /// - Returns: Whether the connection took it; `false` when it is down, its queue is full, or the broker is being
    ///   stopped.
    public func publish(_ publication: Publication) -> Bool {
        precondition(publication.token < Self.firstReservedToken, "the token \(publication.token) is reserved")
        guard case .running = phase else { return false }
        return control.publish(publication)
    }

    /// Says goodbye on all connections, leaving `offline` behind, and calls back when they are closed.
    ///
    /// A batch that is not acknowledged yet stays unacknowledged; the broker sends it again after the next start.
    public func stop(_ completion: @escaping @Sendable () -> Void) {
        loop.checkIsolated()
        stopCompletions.append(completion)
        switch phase {
        case .idle:
            phase = .stopped
            loop.post { self.finish() }
        case .running:
            phase = .leaving
            guard say(offlinePayload(), token: Self.offlineToken) else { return closeLinks() }
            _ = loop.schedule(afterMilliseconds: Self.farewellMilliseconds) { self.closeLinks() }
        case .leaving, .closing:
            break
        case .stopped:
            loop.post { self.finish() }
        }
    }

    /// A new connection for telemetry; the one before it must have ended.
    func makeIngest() -> MosquittoLink {
        MosquittoLink(
            loop: loop, options: options.ingest, policy: ReconnectPolicy(limits: options.reconnecting), logger: logger)
    }

    /// Whether connections are made and kept.
    var isRunning: Bool { if case .running = phase { true } else { false } }

    /// Hands a batch of a gated connection over; while leaving, nobody would make it durable: unacknowledged, it comes
    /// again.
    func handOver(_ batch: InboundBatch) {
        if case .running = phase { events?.received(batch) }
    }

    /// Notes what became of one of the gated connections.
    func note(_ member: GatedPair.Member, _ state: BrokerConnectionState) {
        if let state = pair.note(member, state) { tell(.ingest, state) }
    }

    private func controlEvents() -> LinkEvents {
        var events = LinkEvents()
        events.connected = { [self] wasResumed in
            if !say(status.onlinePayload(loop.moment.time), token: Self.onlineToken) {
                logger.warning("mqtt.online-not-sent")
            }
            tell(.control, .connected(wasResumed: wasResumed))
            sendFence()
        }
        events.disconnected = { [self] reason, wait in
            if case .leaving = phase { return closeLinks() }
            tell(.control, .disconnected(reason, retryMilliseconds: wait))
        }
        events.received = { [self] batch in
            if case .running = phase { self.events?.heard(batch) }
        }
        events.dropped = { [self] token in
            if token < Self.firstReservedToken { self.events?.publicationDropped(token) }
        }
        events.published = { [self] token in
            switch token {
            case Self.onlineToken, Self.fenceToken: break
            case Self.offlineToken: closeLinks()
            default: self.events?.publicationAcknowledged(token)
            }
        }
        events.refused = { [logger] token, reason in
            logger.warning("mqtt.publication-refused", metadata: ["token": "\(token)", "reason": "\(reason)"])
        }
        return events
    }

    func tell(_ connection: BrokerConnection, _ state: BrokerConnectionState) {
        guard case .running = phase else { return }
        events?.connection(connection, changedTo: state)
    }

    private func say(_ payload: [UInt8], token: UInt64) -> Bool {
        control.publish(
            Publication(token: token, topic: status.topic, payload: payload, qos: 1, isRetained: true))
    }

    private func offlinePayload() -> [UInt8] { status.offlinePayload(loop.moment.time, .gracefulShutdown) }

    private func closeLinks() {
        guard case .leaving = phase else { return }
        let links = [ingest, answers, control]
        phase = .closing(linksLeft: links.count)
        for link in links {
            link.stop { self.linkClosed() }
        }
    }

    private func linkClosed() {
        guard case .closing(let linksLeft) = phase else { return }
        guard linksLeft == 1 else {
            phase = .closing(linksLeft: linksLeft - 1)
            return
        }
        phase = .stopped
        finish()
    }

    private func finish() {
        events = nil
        let completions = stopCompletions
        stopCompletions = []
        for completion in completions { completion() }
    }
}
