import KaiserProtocol
import TwinCore
import TwinRuntime

/// The broker port of one run of the runtime: two connections to the simulated broker.
final class RuntimeLink: Broker, @unchecked Sendable {
    let broker: SimulatedBroker
    let oracle: Oracle
    var randomness: Randomness
    private(set) var events: (any BrokerEvents)?
    var isIngestUp: Bool { ingestUpSince != nil }
    var isControlUp: Bool { controlUpSince != nil }
    /// Since when the control connection stands; `nil` while it does not.
    private(set) var controlUpSince: Int64?
    private(set) var controlGeneration = 0
    /// When the last of what others said arrives here.
    var hearingAt: Int64 = 0
    /// What was sent and is not confirmed, in the order in which it was sent.
    private var unconfirmed: [Publication] = []
    private var ingestGeneration = 0
    private var heldGeneration: Int?
    private var isPumpScheduled = false
    /// Since when telemetry is held at the broker; `nil` while it is let in.
    private(set) var heldSince: Int64?
    /// When telemetry was let in last.
    private(set) var letInSince: Int64 = 0
    private var arrival: Int64 = 0
    private(set) var isAlive = true

    /// How many messages one batch holds at most.
    static let batchLimit: Int64 = 64

    let sabotage: WorldOptions.Sabotage
    let run: Int
    /// Since when the ingest connection stands; `nil` while it does not.
    private(set) var ingestUpSince: Int64?
    /// Is told of each point at which the process may die; says whether it died.
    var reached: (Fault) -> Bool = { _ in false }

    init(
        _ broker: SimulatedBroker, _ oracle: Oracle, _ randomness: Randomness, run: Int,
        sabotage: WorldOptions.Sabotage
    ) {
        self.sabotage = sabotage
        self.run = run
        self.broker = broker
        self.oracle = oracle
        self.randomness = randomness
    }

    func start(_ events: any BrokerEvents) {
        self.events = events
        broker.add(self)
        connectIngest(after: broker.time.chance(1...200, &randomness))
        connectControl(after: broker.time.chance(1...200, &randomness))
    }

    func acknowledge() {
        guard isAlive else { return }
        // What another connection delivered is not acknowledged on this one; it comes again.
        if heldGeneration == ingestGeneration, isIngestUp { broker.acknowledgeIngest() }
        heldGeneration = nil
        messagesWait()
    }

    /// Readings stay at the broker: what was delivered and is not acknowledged comes again, answers at once.
    func holdTelemetry(_ isHeld: Bool) {
        guard isAlive else { return }
        oracle.note(isHeld ? "telemetry is held" : "telemetry is let in", at: broker.time.milliseconds)
        if isIngestUp { broker.detachIngest() }
        ingestGeneration += 1
        heldSince = isHeld ? broker.time.milliseconds : nil
        letInSince = broker.time.milliseconds
        if isIngestUp { broker.holdTelemetry(isHeld) }
        messagesWait()
    }

    func publish(_ publication: Publication) -> Bool {
        guard isAlive, isControlUp, !reached(.crashAtPublish) else { return false }
        var publication = publication
        switch sabotage {
        case .swallowsOff where CommandSeen(publication)?.energises == false: return true
        case .retainsCommands where CommandSeen(publication)?.energises == true: publication = publication.retained
        default: break
        }
        oracle.left(publication, by: run, at: broker.time.milliseconds)
        send(publication)
        return true
    }

    private func send(_ publication: Publication) {
        let generation = controlGeneration
        unconfirmed.append(publication)
        arrival = max(arrival, broker.time.milliseconds + broker.time.chance(1...40, &randomness))
        broker.time.at(arrival) {
            // A broken connection may or may not have delivered what was under way.
            guard self.controlGeneration == generation || self.randomness.happens(onceIn: 2) else { return }
            self.broker.order(
                SimulatedMessage(
                    topic: publication.topic, payload: publication.payload, qos: publication.qos,
                    isRetained: publication.isRetained,
                    expiresAt: publication.expirySeconds.map { self.broker.time.milliseconds + Int64($0) * 1000 }),
                by: self)
            self.confirm(publication, generation)
        }
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
        broker.remove(self)
        if isIngestUp { broker.detachIngest() }
        ingestUpSince = nil
        if isControlUp, saysWill { publishStatus(isOnline: false) }
        controlUpSince = nil
        controlGeneration += 1
        // The runtime holds on to its connections, and would be held on to by them for ever.
        events = nil
    }

    /// The ingest connection breaks and comes back.
    func loseIngest(for delay: Int64) {
        guard isIngestUp else { return }
        oracle.note("the ingest connection breaks", at: broker.time.milliseconds)
        ingestUpSince = nil
        broker.detachIngest()
        events?.connection(.ingest, changedTo: .disconnected("the simulated network broke", retryMilliseconds: delay))
        connectIngest(after: delay)
    }

    /// The control connection breaks and comes back.
    func loseControl(for delay: Int64) {
        guard isControlUp else { return }
        oracle.note("the control connection breaks", at: broker.time.milliseconds)
        controlUpSince = nil
        controlGeneration += 1
        publishStatus(isOnline: false)
        // What de-energises goes with the next connection; of the rest nothing more leaves, and some may have arrived.
        let left = unconfirmed
        unconfirmed = left.filter(\.deenergises)
        for publication in left where !publication.deenergises { events?.publicationDropped(publication.token) }
        events?.connection(.control, changedTo: .disconnected("the simulated network broke", retryMilliseconds: delay))
        connectControl(after: delay)
    }

    /// The broker is gone: both connections break.
    func loseBroker() {
        loseIngest(for: broker.time.chance(1_000...8_000, &randomness))
        loseControl(for: broker.time.chance(1_000...8_000, &randomness))
    }

    /// Something waits in the ingest session; it is read soon unless a batch is still held.
    func messagesWait() {
        guard isAlive, isIngestUp, heldGeneration == nil, !isPumpScheduled, broker.hasWaitingMessages else { return }
        isPumpScheduled = true
        broker.time.after(broker.time.chance(1...20, &randomness)) {
            self.isPumpScheduled = false
            guard self.isAlive, self.isIngestUp, self.heldGeneration == nil, self.broker.hasWaitingMessages else {
                return
            }
            self.heldGeneration = self.ingestGeneration
            let batch = self.broker.takeBatch(
                limit: Int(self.broker.time.chance(1...Self.batchLimit, &self.randomness)))
            if self.sabotage == .acknowledgesEarly { self.broker.acknowledgeIngest() }
            self.events?.received(batch)
        }
    }

    private func connectIngest(after delay: Int64) {
        broker.time.after(delay) {
            guard self.isAlive else { return }
            guard !self.broker.isDown else { return self.connectIngest(after: 500) }
            self.ingestUpSince = self.broker.time.milliseconds
            self.ingestGeneration += 1
            let wasResumed = self.broker.attachIngest(self)
            self.broker.holdTelemetry(self.heldSince != nil)
            self.events?.connection(.ingest, changedTo: .connected(wasResumed: wasResumed))
            self.messagesWait()
        }
    }

    private func connectControl(after delay: Int64) {
        broker.time.after(delay) {
            guard self.isAlive else { return }
            guard !self.broker.isDown else { return self.connectControl(after: 500) }
            self.oracle.note("the control connection stands", at: self.broker.time.milliseconds)
            self.controlUpSince = self.broker.time.milliseconds
            self.hearWhatIsKept()
            self.publishStatus(isOnline: true)
            let waiting = self.unconfirmed
            self.unconfirmed = []
            for publication in waiting { self.send(publication) }
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
        broker.time.after(broker.time.chance(1...40, &randomness)) {
            guard self.isAlive, self.controlGeneration == generation else { return }
            self.unconfirmed.removeAll { $0.token == publication.token }
            self.events?.publicationAcknowledged(publication.token)
        }
    }
}

extension Publication {
    /// The same, kept by the broker; nobody but a saboteur wants that of a command.
    fileprivate var retained: Publication {
        Publication(
            token: token, topic: topic, payload: payload, qos: qos, isRetained: true, expirySeconds: expirySeconds)
    }
}
