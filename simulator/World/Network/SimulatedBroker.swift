import DequeModule
import TwinCore
import TwinRuntime

/// A broker as MQTT 5 describes it, as far as the runtime and the devices use it: sessions, retained messages, last
/// wills, a window of unacknowledged messages, redelivery.
///
/// Every connection delivers in order and after a delay of its own; a broken one loses what was under way.
final class SimulatedBroker: @unchecked Sendable {
    let time: VirtualTime
    private let oracle: Oracle
    private var retained: [(topic: String, message: SimulatedMessage)] = []
    private var ingest: Deque<SimulatedMessage> = []
    /// What the runtime wants to be kept for now: readings, and the wills behind them.
    private var held: Deque<SimulatedMessage> = []
    private var isHolding = false
    private var hasIngestSession = false
    /// How many messages at the head of the ingest queue the runtime holds unacknowledged.
    private var unacknowledged = 0
    private var link: RuntimeLink?
    private(set) var devices: [DeviceSession] = []

    /// Whether it is restarting.
    private(set) var isDown = false
    /// Whether it lost what it kept and the runtime has not subscribed again.
    private var hasForgotten = false
    /// Since when the control connection of the runtime stands; `nil` while it does not.
    var controlUpSince: () -> Int64? = { nil }
    /// The control connections, older instances' included, oldest first.
    private var links: [RuntimeLink] = []

    /// How long a connection that was taken over waits before it tries again, in milliseconds; the breaker's pause.
    static let takenOverMilliseconds: Int64 = 30_000
    /// The longest queue kept for the runtime; beyond it the world itself is at fault.
    static let ingestLimit = 200_000

    init(_ time: VirtualTime, _ oracle: Oracle) {
        self.time = time
        self.oracle = oracle
    }

    func add(_ session: DeviceSession) { devices.append(session) }

    func remove(_ session: DeviceSession) { devices.removeAll { $0 === session } }

    /// Drops everybody who is connected, at the end of the world.
    func forget() {
        devices = []
        links = []
        link = nil
    }

    func add(_ link: RuntimeLink) { links.append(link) }

    func remove(_ link: RuntimeLink) { links.removeAll { $0 === link } }

    /// Takes in what is said where servers speak: every control connection hears it, but for the one that said it.
    ///
    /// - Parameter sender: Which connection said it; `nil` for somebody else.
    func order(_ message: SimulatedMessage, by sender: RuntimeLink? = nil) {
        let isClaim = message.topic == RuntimeLink.claimTopic
        for link in links where link !== sender || isClaim { link.hear(message) }
        route(message)
    }

    /// Takes a message in: keeps it where asked, and passes it on to every session that wants it.
    func route(_ message: SimulatedMessage) {
        if message.isRetained { keep(message) }
        var live = message
        live.isRetained = false
        queueForRuntime(live)
        for device in devices where live.addressee == 0 || live.addressee == device.addressee { device.offer(live) }
    }

    /// It stops, and every connection breaks; no last will is published by a broker that is not there.
    ///
    /// - Parameter keepsEverything: Whether sessions, retained messages and queues survive, as with persistence.
    func stop(keepsEverything: Bool, restartsAfter delay: Int64) {
        guard !isDown else { return }
        isDown = true
        for device in devices { device.loseBroker() }
        for link in links { link.loseBroker() }
        if !keepsEverything {
            for message in ingest + held { oracle.lostByBroker(message) }
            ingest.removeAll()
            held.removeAll()
            retained.removeAll()
            unacknowledged = 0
            hasIngestSession = false
            hasForgotten = true
        }
        time.after(delay) { self.isDown = false }
    }

    /// What the broker keeps that a new subscription is told.
    func retained(matching filters: [TopicFilter]) -> [SimulatedMessage] {
        retained.map(\.message).filter { message in filters.contains { $0.matches(message.topic) } }
    }

    private func keep(_ message: SimulatedMessage) {
        retained.removeAll { $0.topic == message.topic }
        if !message.payload.isEmpty { retained.append((message.topic, message)) }
    }

    private func queueForRuntime(_ message: SimulatedMessage) {
        let isUp = link?.isIngestUp == true
        guard message.qos > 0 ? hasIngestSession : isUp else {
            if hasForgotten { oracle.lostByBroker(message) }
            return
        }
        precondition(
            ingest.count + held.count < Self.ingestLimit, "the runtime does not keep up with a simulated fleet")
        if isHolding, message.isTelemetry {
            // Nobody is there for it, and the broker keeps nothing that came at QoS 0.
            if message.qos > 0 { held.append(message) }
            return
        }
        ingest.append(message)
        link?.messagesWait()
    }

    /// Since when nothing has come between the runtime and a device; `nil` while something does.
    func undisturbedSince(_ session: DeviceSession) -> Int64? {
        guard let control = controlUpSince(), let own = session.reachableSince else { return nil }
        return max(control, own)
    }

    // MARK: The runtime's side

    func attachIngest(_ link: RuntimeLink) -> Bool {
        // Both have the same name: the broker drops whichever connected first.
        if let other = self.link, other !== link { other.loseIngest(for: Self.takenOverMilliseconds) }
        self.link = link
        hasForgotten = false
        let wasResumed = hasIngestSession
        if !hasIngestSession {
            hasIngestSession = true
            for message in retained(matching: [TopicFilter("kaiser/#")]) { ingest.append(message) }
        }
        return wasResumed
    }

    /// The ingest connection is gone: what was not acknowledged is delivered again, best-effort messages are lost.
    func detachIngest() {
        unacknowledged = 0
        ingest = Deque(ingest.filter { $0.qos > 0 })
    }

    /// Keeps telemetry back or lets it in, while nothing is unacknowledged; order holds within telemetry, and without.
    func holdTelemetry(_ isHolding: Bool) {
        self.isHolding = isHolding
        held = Deque(ingest.filter(\.isTelemetry)) + held
        ingest = Deque(ingest.filter { !$0.isTelemetry })
        guard !isHolding else { return }
        ingest += held
        held.removeAll()
    }

    /// Hands over what waits, at most so many messages.
    func takeBatch(limit: Int) -> InboundBatch {
        var batch = InboundBatch()
        for message in ingest.prefix(limit) {
            oracle.delivered(message)
            batch.append(
                topic: message.topic.utf8, payload: message.payload, isRetained: message.isRetained,
                qos: message.qos)
        }
        unacknowledged = min(limit, ingest.count)
        return batch
    }

    /// The runtime says that what it holds is durable.
    func acknowledgeIngest() {
        for message in ingest.prefix(unacknowledged) {
            oracle.acknowledged(message, by: link?.run ?? 0, at: time.milliseconds)
        }
        ingest.removeFirst(unacknowledged)
        unacknowledged = 0
    }

    var hasWaitingMessages: Bool { !ingest.isEmpty }
}
