import KaiserProtocol
import TwinCore
import TwinRuntime

/// The broker port of one run of the runtime: two connections to the simulated broker.
final class RuntimeLink: Broker, @unchecked Sendable {
    private let broker: SimulatedBroker
    private let checker: Checker
    private var randomness: Randomness
    private var events: (any BrokerEvents)?
    private(set) var isIngestUp = false
    private var isControlUp: Bool { controlUpSince != nil }
    /// Since when the control connection stands; `nil` while it does not.
    private(set) var controlUpSince: Int64?
    private var controlGeneration = 0
    private var ingestGeneration = 0
    private var heldGeneration: Int?
    private var isPumpScheduled = false
    private var arrival: Int64 = 0
    private var isAlive = true

    /// How many messages one batch holds at most.
    static let batchLimit: Int64 = 64

    private let acknowledgesEarly: Bool

    init(_ broker: SimulatedBroker, _ checker: Checker, _ randomness: Randomness, acknowledgesEarly: Bool) {
        self.acknowledgesEarly = acknowledgesEarly
        self.broker = broker
        self.checker = checker
        self.randomness = randomness
    }

    func start(_ events: any BrokerEvents) {
        self.events = events
        connectIngest(after: randomness.number(1...200))
        connectControl(after: randomness.number(1...200))
    }

    func acknowledge() {
        guard isAlive else { return }
        // What another connection delivered is not acknowledged on this one; it comes again.
        if heldGeneration == ingestGeneration, isIngestUp { broker.acknowledgeIngest() }
        heldGeneration = nil
        messagesWait()
    }

    func publish(_ publication: Publication) -> Bool {
        guard isAlive, isControlUp else { return false }
        checker.runtimePublished(publication, at: broker.time.milliseconds)
        let generation = controlGeneration
        arrival = max(arrival, broker.time.milliseconds + randomness.number(1...40))
        broker.time.at(arrival) {
            // A broken connection may or may not have delivered what was under way.
            guard self.controlGeneration == generation || self.randomness.happens(onceIn: 2) else { return }
            self.broker.route(
                SimulatedMessage(
                    topic: publication.topic, payload: publication.payload, qos: publication.qos,
                    isRetained: publication.isRetained,
                    expiresAt: publication.expirySeconds.map { self.broker.time.milliseconds + Int64($0) * 1000 }))
            self.confirm(publication, generation)
        }
        return true
    }

    func stop(_ completion: @escaping @Sendable () -> Void) {
        publishStatus(isOnline: false)
        kill(saysWill: false)
        broker.time.after(1, completion)
    }

    /// Ends both connections as the death of the process would: the broker publishes the will.
    func kill(saysWill: Bool = true) {
        guard isAlive else { return }
        isAlive = false
        if isIngestUp { broker.detachIngest() }
        isIngestUp = false
        if isControlUp, saysWill { publishStatus(isOnline: false) }
        controlUpSince = nil
        controlGeneration += 1
    }

    /// The ingest connection breaks and comes back.
    func loseIngest() {
        guard isIngestUp else { return }
        checker.note("the ingest connection breaks", at: broker.time.milliseconds)
        isIngestUp = false
        broker.detachIngest()
        let delay = randomness.number(1_000...20_000)
        events?.connection(.ingest, changedTo: .disconnected("the simulated network broke", retryMilliseconds: delay))
        connectIngest(after: delay)
    }

    /// The control connection breaks and comes back.
    func loseControl() {
        guard isControlUp else { return }
        checker.note("the control connection breaks", at: broker.time.milliseconds)
        controlUpSince = nil
        controlGeneration += 1
        publishStatus(isOnline: false)
        let delay = randomness.number(1_000...20_000)
        events?.connection(.control, changedTo: .disconnected("the simulated network broke", retryMilliseconds: delay))
        connectControl(after: delay)
    }

    /// Something waits in the ingest session; it is read soon unless a batch is still held.
    func messagesWait() {
        guard isAlive, isIngestUp, heldGeneration == nil, !isPumpScheduled, broker.hasWaitingMessages else { return }
        isPumpScheduled = true
        broker.time.after(randomness.number(1...20)) {
            self.isPumpScheduled = false
            guard self.isAlive, self.isIngestUp, self.heldGeneration == nil, self.broker.hasWaitingMessages else {
                return
            }
            self.heldGeneration = self.ingestGeneration
            let batch = self.broker.takeBatch(limit: Int(self.randomness.number(1...Self.batchLimit)))
            if self.acknowledgesEarly { self.broker.acknowledgeIngest() }
            self.events?.received(batch)
        }
    }

    private func connectIngest(after delay: Int64) {
        broker.time.after(delay) {
            guard self.isAlive else { return }
            self.isIngestUp = true
            self.ingestGeneration += 1
            let wasResumed = self.broker.attachIngest(self)
            self.events?.connection(.ingest, changedTo: .connected(wasResumed: wasResumed))
            self.messagesWait()
        }
    }

    private func connectControl(after delay: Int64) {
        broker.time.after(delay) {
            guard self.isAlive else { return }
            self.checker.note("the control connection stands", at: self.broker.time.milliseconds)
            self.controlUpSince = self.broker.time.milliseconds
            self.publishStatus(isOnline: true)
            self.events?.connection(.control, changedTo: .connected(wasResumed: false))
        }
    }

    private func publishStatus(isOnline: Bool) {
        let message = KaiserEncoder.serverStatus(
            online: isOnline, reason: isOnline ? nil : "unexpected_disconnect", at: broker.time.wall)
        broker.route(
            SimulatedMessage(
                topic: message.topic, payload: message.payload, qos: message.qos, isRetained: message.isRetained))
    }

    private func confirm(_ publication: Publication, _ generation: Int) {
        broker.time.after(randomness.number(1...40)) {
            guard self.isAlive, self.controlGeneration == generation else { return }
            self.events?.publicationAcknowledged(publication.token)
        }
    }
}
