import DequeModule
import TwinCore
import TwinRuntime

/// A broker as MQTT 5 describes it, as far as the runtime and the devices use it: sessions, retained messages, last
/// wills, a window of unacknowledged messages, redelivery.
///
/// Every connection delivers in order and after a delay of its own; a broken one loses what was under way.
final class SimulatedBroker: @unchecked Sendable {
    let time: VirtualTime
    var randomness: Randomness
    private let checker: Checker
    private var retained: [(topic: String, message: SimulatedMessage)] = []
    private var ingest: Deque<SimulatedMessage> = []
    private var hasIngestSession = false
    /// How many messages at the head of the ingest queue the runtime holds unacknowledged.
    private var unacknowledged = 0
    private var link: RuntimeLink?
    private(set) var devices: [DeviceSession] = []

    /// The longest queue kept for the runtime; beyond it the world itself is at fault.
    static let ingestLimit = 200_000

    init(_ time: VirtualTime, _ randomness: Randomness, _ checker: Checker) {
        self.time = time
        self.randomness = randomness
        self.checker = checker
    }

    func add(_ session: DeviceSession) { devices.append(session) }

    /// Takes a message in: keeps it where asked, and passes it on to every session that wants it.
    func route(_ message: SimulatedMessage) {
        if message.isRetained { keep(message) }
        var live = message
        live.isRetained = false
        queueForRuntime(live)
        for device in devices { device.offer(live) }
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
        guard message.qos > 0 ? hasIngestSession : isUp else { return }
        precondition(ingest.count < Self.ingestLimit, "the runtime does not keep up with a simulated fleet")
        ingest.append(message)
        link?.messagesWait()
    }

    // MARK: The runtime's side

    func attachIngest(_ link: RuntimeLink) -> Bool {
        self.link = link
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

    /// Hands over what waits, at most so many messages.
    func takeBatch(limit: Int) -> InboundBatch {
        var batch = InboundBatch()
        for message in ingest.prefix(limit) {
            batch.append(
                topic: message.topic.utf8, payload: message.payload, isRetained: message.isRetained,
                qos: message.qos)
        }
        unacknowledged = min(limit, ingest.count)
        return batch
    }

    /// The runtime says that what it holds is durable.
    func acknowledgeIngest() {
        for message in ingest.prefix(unacknowledged) { checker.acknowledged(message, at: time.milliseconds) }
        ingest.removeFirst(unacknowledged)
        unacknowledged = 0
    }

    var hasWaitingMessages: Bool { !ingest.isEmpty }
}
