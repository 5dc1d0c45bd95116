import Fleet
import TwinCore

/// One device's connection to the simulated broker, and the device behind it.
final class DeviceSession: @unchecked Sendable {
    private let broker: SimulatedBroker
    private let checker: Checker
    private var randomness: Randomness
    private(set) var device: SimulatedDevice
    private var filters: [TopicFilter] = []
    private var will: DevicePublication?
    private var generation = 0
    private var isUp = false
    private var isSilent = false
    /// Since when the device takes commands on this connection; `nil` while it does not.
    private(set) var registeredSince: Int64?
    private var arrivalThere: Int64 = 0
    private var arrivalHere: Int64 = 0
    private var tickAt: Uptime?
    /// What the device's clock says beyond the world's.
    private let skewMilliseconds: Int64

    init(_ device: SimulatedDevice, _ broker: SimulatedBroker, _ checker: Checker, _ randomness: Randomness) {
        self.device = device
        self.broker = broker
        self.checker = checker
        self.randomness = randomness
        skewMilliseconds = self.randomness.number(-2_000...2_000)
    }

    private var now: Moment {
        Moment(
            time: broker.time.wall.advanced(byMilliseconds: skewMilliseconds),
            uptime: Uptime(milliseconds: broker.time.milliseconds))
    }

    func connect() {
        guard !isUp else { return }
        isUp = true
        registeredSince = nil
        generation += 1
        filters = []
        let now = now
        let will = device.will(at: now)
        self.will = will
        perform(device.connected(at: now))
    }

    /// The connection breaks: the broker publishes the will, and the device comes back after a while.
    func disconnect(reconnectsAfter delay: Int64) {
        guard isUp else { return }
        checker.note("\(device.specification.id) is cut off for \(delay) ms", at: broker.time.milliseconds)
        isUp = false
        registeredSince = nil
        generation += 1
        if let will {
            broker.route(SimulatedMessage(topic: will.topic, payload: will.payload, qos: will.qos, isRetained: true))
        }
        perform(device.connectionLost(at: now))
        broker.time.after(delay) { self.connect() }
    }

    /// The device does not say anything any more.
    func fallSilent() { isSilent = true }

    /// The device loses power for a moment.
    func reboot() {
        let now = now
        let wasUp = isUp
        let actions = device.rebooted(at: now)
        perform(actions.filter { $0 != .disconnect })
        if wasUp { disconnect(reconnectsAfter: randomness.number(1_000...5_000)) }
    }

    /// A message for whoever subscribed to it; arrives later, if the connection holds, and not when it has expired.
    func offer(_ message: SimulatedMessage) {
        guard isUp, filters.contains(where: { $0.matches(message.topic) }) else { return }
        let generation = generation
        arrivalHere = max(arrivalHere, broker.time.milliseconds + randomness.number(1...80))
        broker.time.at(arrivalHere) {
            guard self.generation == generation else { return }
            if let deadline = message.expiresAt, self.broker.time.milliseconds > deadline { return }
            self.perform(self.device.received(topic: message.topic, payload: message.payload, at: self.now))
        }
    }

    private func perform(_ actions: [DeviceAction]) {
        for action in actions {
            switch action {
            case .publish(let publication): publish(publication)
            case .subscribe(let subscriptions):
                filters = subscriptions.map { TopicFilter($0.filter) }
                for message in broker.retained(matching: filters) { offer(message) }
            case .disconnect: disconnect(reconnectsAfter: randomness.number(1_000...10_000))
            }
        }
        registeredSince = device.isRegistered ? registeredSince ?? broker.time.milliseconds : nil
        checker.look(at: device, at: broker.time.milliseconds)
        scheduleTick()
    }

    private func publish(_ publication: DevicePublication) {
        guard isUp, !isSilent else { return }
        let generation = generation
        arrivalThere = max(arrivalThere, broker.time.milliseconds + randomness.number(1...80))
        let isDoubled = publication.qos > 0 && randomness.happens(onceIn: 50)
        broker.time.at(arrivalThere) {
            guard self.generation == generation else { return }
            self.checker.note(
                "\(publication.topic) \(String(decoding: publication.payload, as: UTF8.self))",
                at: self.broker.time.milliseconds)
            let message = SimulatedMessage(
                topic: publication.topic, payload: publication.payload, qos: publication.qos,
                isRetained: publication.isRetained)
            self.checker.published(message)
            self.broker.route(message)
            if isDoubled { self.broker.route(message) }
        }
    }

    private func scheduleTick() {
        guard let deadline = device.nextDeadline else { return }
        if let tickAt, tickAt <= deadline { return }
        tickAt = deadline
        broker.time.at(deadline.milliseconds) {
            guard self.tickAt == deadline else { return }
            self.tickAt = nil
            self.perform(self.device.ticked(at: self.now))
        }
    }
}
