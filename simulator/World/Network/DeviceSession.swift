import Fleet
import TwinCore

/// One device's connection to the simulated broker, and the device behind it.
final class DeviceSession: @unchecked Sendable {
    let broker: SimulatedBroker
    let oracle: Oracle
    /// What the oracle knows of the device.
    let record: DeviceRecord
    /// What its topics are known by.
    let addressee: UInt64
    /// Whether it is a second device of the same id.
    let isRival: Bool
    var randomness: Randomness
    var device: SimulatedDevice
    private var filters: [TopicFilter] = []
    private var will: DevicePublication?
    private var generation = 0
    private(set) var isUp = false
    private var isSilent = false
    /// Since when the device takes commands on this connection; `nil` while it does not.
    private(set) var registeredSince: Int64?
    private var arrivalThere: Int64 = 0
    private var arrivalHere: Int64 = 0
    private var tickAt: Uptime?
    private var lastZone: String?
    private var energisedOutputs = 0
    /// What the device's clock says beyond the world's, in milliseconds.
    var skewMilliseconds: Int64

    // What is wrong with it at the moment.

    /// How many faults come between it and the runtime.
    var disturbances = 0
    /// When the last of them ended.
    var calmSince: Int64 = 0
    /// Whether all its messages come twice.
    var doublesMessages = false
    /// Whether its messages overtake each other.
    var reordersMessages = false
    /// Whether it reboots when an output switches on.
    var brownsOut = false
    /// The other device that has its id; the broker keeps one of them connected.
    weak var rival: DeviceSession?

    init(
        _ device: SimulatedDevice, _ broker: SimulatedBroker, _ oracle: Oracle, _ randomness: Randomness,
        isRival: Bool = false
    ) {
        self.device = device
        self.broker = broker
        self.oracle = oracle
        self.randomness = randomness
        self.isRival = isRival
        record = oracle.record(device.specification.id)
        addressee = SimulatedMessage.addressee(device.specification.id)
        skewMilliseconds = self.randomness.number(-2_000...2_000)
    }

    var now: Moment {
        Moment(
            time: broker.time.wall.advanced(byMilliseconds: skewMilliseconds),
            uptime: Uptime(milliseconds: broker.time.milliseconds))
    }

    /// Since when it can be commanded without disturbance; `nil` while it cannot.
    var reachableSince: Int64? {
        guard disturbances == 0, let registeredSince else { return nil }
        return max(registeredSince, calmSince)
    }

    func connect() {
        guard !isUp, !isSilent else { return }
        guard !broker.isDown else { return broker.time.after(500) { self.connect() } }
        rival?.disconnect(reconnectsAfter: broker.time.chance(1_000...8_000, &randomness))
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
        drop()
        if let will {
            broker.route(SimulatedMessage(topic: will.topic, payload: will.payload, qos: will.qos, isRetained: true))
        }
        perform(device.connectionLost(at: now))
        oracle.note("\(device.specification.id) is cut off for \(delay) ms", at: broker.time.milliseconds)
        broker.time.after(delay) { self.connect() }
    }

    /// The broker is gone, and with it the will.
    func loseBroker() {
        guard isUp else { return }
        drop()
        perform(device.connectionLost(at: now))
        broker.time.after(broker.time.chance(500...5_000, &randomness)) { self.connect() }
    }

    private func drop() {
        isUp = false
        registeredSince = nil
        generation += 1
    }

    /// The device does not say anything any more.
    func fallSilent() { isSilent = true }

    /// The device loses power for a moment.
    func reboot(for delay: Int64) {
        let now = now
        let wasUp = isUp
        let actions = device.rebooted(at: now)
        perform(actions.filter { $0 != .disconnect })
        if wasUp { disconnect(reconnectsAfter: max(delay, 500)) }
    }

    /// A message for whoever subscribed to it; arrives later, if the connection holds, and not when it has expired.
    func offer(_ message: SimulatedMessage) {
        guard isUp, filters.contains(where: { $0.matches(message.topic) }) else { return }
        deliver(message)
        if doublesMessages { deliver(message) }
    }

    private func deliver(_ message: SimulatedMessage) {
        let generation = generation
        arrivalHere = arrival(after: arrivalHere)
        broker.time.at(arrivalHere) {
            guard self.generation == generation else { return }
            if let deadline = message.expiresAt, self.broker.time.milliseconds > deadline { return }
            self.perform(self.device.received(topic: message.topic, payload: message.payload, at: self.now))
        }
    }

    /// When the next message arrives: after the one before, unless they overtake each other.
    private func arrival(after last: Int64) -> Int64 {
        if reordersMessages { return broker.time.milliseconds + broker.time.chance(1...2_000, &randomness) }
        return max(last, broker.time.milliseconds + broker.time.chance(1...80, &randomness))
    }

    func perform(_ actions: [DeviceAction]) {
        for action in actions {
            switch action {
            case .publish(let publication): publish(publication)
            case .subscribe(let subscriptions):
                filters = subscriptions.map { TopicFilter($0.filter) }
                for message in broker.retained(matching: filters) { offer(message) }
            case .disconnect: disconnect(reconnectsAfter: broker.time.chance(1_000...10_000, &randomness))
            }
        }
        registeredSince = device.isRegistered ? registeredSince ?? broker.time.milliseconds : nil
        look()
        if brownsOut { brownOut() }
        scheduleTick()
    }

    /// Lets the oracle look at what the outputs really do.
    func look() {
        if !isRival, device.configuration.zone != lastZone {
            lastZone = device.configuration.zone
            record.zones.insert(device.configuration.zone)
        }
        oracle.look(
            at: device, of: record, isRival: isRival, undisturbed: broker.undisturbedSince(self),
            at: broker.time.milliseconds)
    }

    private func brownOut() {
        let count = device.outputs.count { $0.isOn }
        defer { energisedOutputs = count }
        guard count > energisedOutputs else { return }
        broker.time.after(broker.time.chance(1...50, &randomness)) { self.reboot(for: 2_000) }
    }

    private func publish(_ publication: DevicePublication) {
        guard isUp, !isSilent else { return }
        let generation = generation
        arrivalThere = arrival(after: arrivalThere)
        let isDoubled = doublesMessages || (publication.qos > 0 && randomness.happens(onceIn: 50))
        broker.time.at(arrivalThere) {
            guard self.generation == generation else { return }
            self.oracle.note(
                "\(publication.topic) \(String(decoding: publication.payload, as: UTF8.self))",
                at: self.broker.time.milliseconds)
            let message = SimulatedMessage(
                topic: publication.topic, payload: publication.payload, qos: publication.qos,
                isRetained: publication.isRetained)
            self.oracle.published(message, at: self.broker.time.milliseconds)
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
