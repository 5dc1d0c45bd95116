import EventLoop
import Fleet
import Logging
import MQTTBroker
import TwinCore
import TwinRuntime

/// Simulated devices on the loop, each with its own connection to a real broker.
final class FleetPart: SupervisedPart, @unchecked Sendable {
    /// How many devices connect at a time, and how long until the next ones do, in milliseconds: a broker that is met
    /// by thousands of connections in one moment refuses some.
    static let connectionsPerStep = 25
    static let stepMilliseconds: Int64 = 20

    private let loop: EventLoop
    private let devices: [FleetDevice]
    private var isStopping = false

    /// Makes devices that do nothing before ``start(_:)``.
    init(_ devices: [SimulatedDevice], on loop: EventLoop, address: BrokerAddress, logger: Logger) {
        self.loop = loop
        self.devices = devices.map { FleetDevice($0, on: loop, address: address, logger: logger) }
    }

    func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        isStopping = false
        connect(from: 0)
        tell(.running)
    }

    func stop(_ completion: @escaping @Sendable () -> Void) {
        isStopping = true
        stop(devices[...], completion)
    }

    func vitals() -> PartVitals {
        let connected = devices.count { $0.device.isConnected }
        let registered = devices.count { $0.device.isRegistered }
        return PartVitals(health: "\(connected) of \(devices.count) connected, \(registered) registered", .ok)
    }

    /// How many messages all devices have published.
    var publishedMessages: Int { devices.reduce(0) { $0 + $1.publishedMessages } }

    /// Stops one device after the other; a goodbye takes no longer than its way to the broker.
    private func stop(_ devices: ArraySlice<FleetDevice>, _ completion: @escaping @Sendable () -> Void) {
        guard let first = devices.first else { return completion() }
        first.stop { self.stop(devices.dropFirst(), completion) }
    }

    private func connect(from index: Int) {
        guard !isStopping, index < devices.count else { return }
        for device in devices[index...].prefix(Self.connectionsPerStep) { device.start() }
        _ = loop.schedule(afterMilliseconds: Self.stepMilliseconds) {
            self.connect(from: index + Self.connectionsPerStep)
        }
    }
}

/// One simulated device and its connection, used on the loop only.
final class FleetDevice: @unchecked Sendable {
    /// What somebody who watches a device is told, on the loop.
    struct Watch: Sendable {
        /// A message arrived, and the device has not looked at it yet.
        var received: @Sendable (_ topic: String, _ payload: [UInt8]) -> Void = { _, _ in }
        /// Something happened to the device, and what it said about that was handed to its connection.
        var acted: @Sendable (borrowing SimulatedDevice) -> Void = { _ in }
    }

    /// Who watches; set before ``start()``.
    var watch = Watch()
    private let loop: EventLoop
    private let link: MosquittoLink
    private(set) var device: SimulatedDevice
    private(set) var publishedMessages = 0
    private var nextToken: UInt64 = 1
    private var tickAt: Uptime?

    /// Makes a device that is not connected.
    init(
        _ device: SimulatedDevice, on loop: EventLoop, address: BrokerAddress, logger: Logger,
        policy: ReconnectPolicy = ReconnectPolicy()
    ) {
        self.device = device
        self.loop = loop
        var options = LinkOptions(host: address.host, port: address.port, clientID: device.clientID)
        options.username = address.username
        options.password = address.password
        options.version = .v311
        if address.isSecured { options.security = LinkSecurity() }
        options.will = { [loop] in
            let will = device.will(at: loop.moment)
            return LinkWill(topic: will.topic, payload: will.payload, qos: will.qos, isRetained: will.isRetained)
        }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        link = MosquittoLink(loop: loop, options: options, policy: policy, logger: quiet)
    }

    /// Connects, and reconnects until ``stop(_:)``.
    func start() {
        var events = LinkEvents()
        events.connected = { [self] _ in perform(device.connected(at: loop.moment)) }
        events.disconnected = { [self] _, _ in perform(device.connectionLost(at: loop.moment)) }
        events.received = { [self] batch in receive(batch) }
        link.start(events)
    }

    /// Says goodbye.
    func stop(_ completion: @escaping @Sendable () -> Void) { link.stop(completion) }

    private func receive(_ batch: InboundBatch) {
        for entry in batch.entries {
            hear(
                topic: String(decoding: batch.bytes[entry.topic], as: UTF8.self),
                payload: Array(batch.bytes[entry.payload]))
        }
    }

    /// Takes a message, as if the broker had brought it.
    func hear(topic: String, payload: [UInt8]) {
        watch.received(topic, payload)
        perform(device.received(topic: topic, payload: payload, at: loop.moment))
    }

    private func perform(_ actions: [DeviceAction]) {
        for action in actions {
            switch action {
            case .subscribe(let subscriptions):
                for subscription in subscriptions {
                    _ = link.subscribe(MQTTBroker.Subscription(subscription.filter, qos: subscription.qos))
                }
            case .publish(let publication):
                nextToken += 1
                publishedMessages += 1
                _ = link.publish(
                    Publication(
                        token: nextToken, topic: publication.topic, payload: publication.payload, qos: publication.qos,
                        isRetained: publication.isRetained))
            case .disconnect: link.cut()
            }
        }
        watch.acted(device)
        scheduleTick()
    }

    private func scheduleTick() {
        guard let deadline = device.nextDeadline else { return }
        if let tickAt, tickAt <= deadline { return }
        tickAt = deadline
        _ = loop.schedule(at: deadline) { [self] in
            guard tickAt == deadline else { return }
            tickAt = nil
            perform(device.ticked(at: loop.moment))
        }
    }
}
