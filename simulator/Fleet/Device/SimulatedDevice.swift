public import TwinCore

/// One ESP32 device with its firmware, its outputs and the bay it stands in, as a value.
///
/// It performs no I/O, reads no clock and draws no random number of its own: what happens is told by one call each, what
/// the device does about it is returned as actions, in order. The same specification, seed and calls always give the
/// same actions.
///
/// ```swift
/// var device = SimulatedDevice(specification: specification, seed: 7)
/// perform(device.connected(at: moment))          // Subscriptions, announcement, first heartbeat.
/// perform(device.received(topic: ack.topic, payload: ack.payload, at: moment))
/// wake(at: device.nextDeadline)                  // Then: perform(device.ticked(at: moment))
/// ```
///
/// It obeys everything that the protocol lets a server say, and does otherwise than a good device only where its
/// ``personality`` asks for it. Rules for the time without a server are stored and counted, and not carried out.
public struct SimulatedDevice: Sendable {
    /// What it is.
    public let specification: DeviceSpecification
    /// What it does otherwise than a good device; whoever leads it may change that at any time.
    public var personality: Personality
    /// What it keeps in its flash: what it runs and where it belongs.
    public internal(set) var configuration: DeviceConfiguration
    /// What its outputs physically do, by pin.
    public internal(set) var outputs: [SimulatedOutput]
    /// The climate it measures and changes.
    public internal(set) var greenhouse: Greenhouse
    /// How often it was powered up.
    public internal(set) var bootCount = 1
    /// The epoch of the latest connection, counted since the device booted; 0 before the first.
    public internal(set) var handoverEpoch: UInt32 = 0
    /// What the server last said it is.
    public internal(set) var standing = Standing.pendingApproval
    /// Whether it has given the server up: its outputs went off, and the next acknowledgement ends it.
    public internal(set) var isOffline = false
    /// Whether it was told to keep its outputs off (`safe_mode`).
    public internal(set) var isInSafeMode = false
    /// Whether it lost its configuration in a reboot and waits for another.
    public internal(set) var awaitsConfiguration = false
    /// What `actuator/emergency` must carry; `nil` when it holds no such token.
    public internal(set) var emergencyToken: String?
    /// What `kaiser/broadcast/emergency` must carry; `nil` when it holds no such token.
    public internal(set) var broadcastToken: String?
    /// The user it connects as; `nil` for nobody.
    public internal(set) var username: String?
    /// The libraries it has installed, by name, with their versions.
    public internal(set) var libraries: [String: String] = [:]
    /// How many processed values it was told.
    public internal(set) var processedAnswers = 0
    /// How many messages it refused to understand since it was made.
    public internal(set) var refusedMessages = 0

    var link = Link.down(offlineAt: nil)
    var emergency = EmergencyState.normal
    var counters = DeviceCounters()
    var sentCounters: DeviceCounters?
    var heartbeatsSinceMetrics = 0
    var completedEpoch: UInt32 = 0
    var sequence: UInt32 = 0
    var bootedAt: Moment?
    /// When each sensor measures next, in the configuration's order; `nil` for one that waits to be asked.
    var nextReadings: [Uptime?] = []
    var adoptedClock: Int64?
    var greenhouseAdvancedAt: Uptime?
    var noise: SeededNoise
    /// Decides what the personality leaves to luck.
    var whim: SeededNoise
    var topicPrefix: String
    var postponed: [PostponedAnswer] = []
    var errorReports = ErrorReports()
    var intents = IntentCounters()
    var refusedItems = 0
    var congestion: Congestion?
    var download: LibraryDownload?
    var logLevel = "INFO"
    var latestGeneration: Int64 = 0

    /// Makes a device that has not been powered up; ``connected(at:)`` does that.
    ///
    /// - Parameters:
    ///   - specification: What the device is.
    ///   - seed: Decides its climate, its noise and when within their interval its sensors measure.
    public init(specification: DeviceSpecification, seed: UInt64) {
        self.specification = specification
        personality = specification.personality
        configuration = DeviceConfiguration(specification)
        outputs = []
        greenhouse = Greenhouse(seed: SeededNoise.mixed(seed))
        noise = SeededNoise(seed: seed)
        whim = SeededNoise(seed: SeededNoise.mixed(seed ^ 0x5EED))
        topicPrefix = "kaiser/\(specification.kaiser)/esp/\(specification.id)/"
        emergencyToken = specification.emergencyToken
        broadcastToken = specification.broadcastToken
        wireOutputs()
    }

    /// Whether it holds a connection.
    public var isConnected: Bool { session != nil }

    /// Whether the server has let it take part since it connected: sensor data, status and alerts leave it.
    public var isRegistered: Bool { session?.isRegistered ?? false }

    /// Whether an emergency stop holds it, the settling of a clearing included.
    public var isEmergencyStopped: Bool { emergency.holdsEverything }

    /// The connection was established.
    ///
    /// - Returns: The subscriptions in the firmware's order, the session announcement and a heartbeat.
    public mutating func connected(at now: Moment) -> [DeviceAction] {
        if bootedAt == nil { powerUp(at: now) }
        var actions: [DeviceAction] = []
        runDue(at: now, into: &actions)
        handoverEpoch += 1
        let patience = now.uptime.advanced(byMilliseconds: Firmware.acknowledgementPatienceMilliseconds)
        link = .up(
            Session(
                since: now.uptime, lastHeartbeat: now.uptime, nextStatus: now.uptime, nextDiagnostics: now.uptime,
                offlineAt: patience))
        actions.append(.subscribe(subscriptions))
        announce(at: now, into: &actions)
        if personality.announcesHardware { announceHardware(into: &actions) }
        beat(at: now, into: &actions)
        return actions
    }

    /// The connection broke or was closed.
    ///
    /// Outputs stay as they are for 30 s, unless their duration ends them.
    public mutating func connectionLost(at now: Moment) -> [DeviceAction] {
        guard isConnected else { return [] }
        let grace = now.uptime.advanced(byMilliseconds: Firmware.disconnectGraceMilliseconds)
        link = .down(offlineAt: grace)
        postponed = []
        var actions: [DeviceAction] = []
        runDue(at: now, into: &actions)
        return actions
    }

    /// A message arrived on the connection.
    public mutating func received(topic: String, payload: [UInt8], at now: Moment) -> [DeviceAction] {
        var actions: [DeviceAction] = []
        runDue(at: now, into: &actions)
        guard isConnected else { return actions }
        take(topic: topic, payload: payload, at: now, into: &actions)
        return actions
    }

    /// ``nextDeadline`` has come.
    ///
    /// Harmless when it has not; what is overdue happens once, not once for each interval.
    public mutating func ticked(at now: Moment) -> [DeviceAction] {
        var actions: [DeviceAction] = []
        runDue(at: now, into: &actions)
        return actions
    }

    /// The power was cut and came back: outputs off, registration, emergency and counters forgotten.
    ///
    /// - Returns: To drop the connection if there was one; the device expects no ``connectionLost(at:)`` for it.
    public mutating func rebooted(at now: Moment) -> [DeviceAction] {
        let wasConnected = isConnected
        advanceGreenhouse(to: now)
        forgetWhatRebootsForget()
        emergency = .normal
        let before = outputs
        outputs = []
        wireOutputs()
        keepFaults(of: before, at: now.uptime)
        bootCount += 1
        handoverEpoch = 0
        completedEpoch = 0
        sequence = 0
        isOffline = false
        isInSafeMode = false
        counters = DeviceCounters()
        sentCounters = nil
        adoptedClock = nil
        postponed = []
        errorReports = ErrorReports()
        intents = IntentCounters()
        congestion = nil
        download = nil
        link = .down(offlineAt: nil)
        powerUp(at: now)
        return wasConnected ? [.disconnect] : []
    }

    private mutating func powerUp(at now: Moment) {
        bootedAt = now
        nextReadings = []
        for (index, sensor) in configuration.sensors.enumerated() {
            // All values of a chip are measured at once.
            if index > 0, sensor.sharesChip(with: configuration.sensors[index - 1]) {
                nextReadings.append(nextReadings[index - 1])
            } else {
                let phase = noise.below(Int64(sensor.intervalSeconds) * 1000)
                nextReadings.append(sensor.mode == .continuous ? now.uptime.advanced(byMilliseconds: phase) : nil)
            }
        }
        if let seconds = personality.congestedEverySeconds {
            congestion = Congestion(nextAt: now.uptime.advanced(byMilliseconds: Int64(seconds) * 1000))
        }
    }

    /// Loses what the personality says, and with it the right to be commanded until it is configured again.
    private mutating func forgetWhatRebootsForget() {
        let before = configuration
        configuration.forget(personality.forgets)
        if personality.restoresTenSensors {
            configuration.sensors = Array(configuration.sensors.prefix(Firmware.restoredSensors))
        }
        let isLost = configuration.sensors != before.sensors || configuration.actuators != before.actuators
        awaitsConfiguration = (isLost || awaitsConfiguration) && !isReadyToLeaveConfigurationPending
    }
}
