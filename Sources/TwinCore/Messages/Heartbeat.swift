/// What a device says about itself every minute (`system/heartbeat`).
public struct Heartbeat: Sendable, Equatable, Codable {
    /// The device's time.
    public var clock: DeviceClock
    /// Seconds since the device booted.
    public var uptimeSeconds: Int
    /// Free heap, in bytes.
    public var heapFreeBytes: Int
    /// WiFi signal strength, in dBm.
    public var rssiDBm: Int
    /// The zone the device believes it is in; empty when none, `nil` when not said.
    public var zone: String?
    /// The master zone, likewise.
    public var masterZone: String?
    /// How many sensors the device runs.
    public var sensorCount: Int?
    /// How many actuators the device runs.
    public var actuatorCount: Int?
    /// `{device}-b{boot count}-r{reset reason}`, constant for one boot.
    public var bootSequence: String?
    /// Why the device last reset.
    public var resetReason: String?
    /// The epoch the device wants echoed; `nil` or 0 when not said.
    public var activeHandoverEpoch: UInt32?
    /// The epoch last completed.
    public var completedHandoverEpoch: UInt32?
    /// The device's state by number (`config_status.state`).
    public var configState: Int?
    /// The device's state by name.
    public var systemState: String?
    /// The device's IP address.
    public var wifiIP: String?
    /// The names of the `…_degraded` and `…_breaker_open` members that were true.
    public var degradations: [String]
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts a heartbeat together.
    public init(
        clock: DeviceClock, uptimeSeconds: Int, heapFreeBytes: Int, rssiDBm: Int, zone: String? = nil,
        masterZone: String? = nil, sensorCount: Int? = nil, actuatorCount: Int? = nil, bootSequence: String? = nil,
        resetReason: String? = nil, activeHandoverEpoch: UInt32? = nil, completedHandoverEpoch: UInt32? = nil,
        configState: Int? = nil, systemState: String? = nil, wifiIP: String? = nil, degradations: [String] = [],
        flags: [String] = []
    ) {
        self.clock = clock
        self.uptimeSeconds = uptimeSeconds
        self.heapFreeBytes = heapFreeBytes
        self.rssiDBm = rssiDBm
        self.zone = zone
        self.masterZone = masterZone
        self.sensorCount = sensorCount
        self.actuatorCount = actuatorCount
        self.bootSequence = bootSequence
        self.resetReason = resetReason
        self.activeHandoverEpoch = activeHandoverEpoch
        self.completedHandoverEpoch = completedHandoverEpoch
        self.configState = configState
        self.systemState = systemState
        self.wifiIP = wifiIP
        self.degradations = degradations
        self.flags = flags
    }
}

/// The counters that accompany a heartbeat (`system/heartbeat_metrics`).
public struct HeartbeatMetrics: Sendable, Equatable, Codable {
    /// Counter values by name, as sent.
    public var counters: [String: Int]

    /// Wraps the counters.
    public init(counters: [String: Int]) { self.counters = counters }
}

/// A device's word that it has (re)connected (`session/announce`).
public struct SessionAnnouncement: Sendable, Equatable, Codable {
    /// The handover epoch, at least 1.
    public var epoch: UInt32
    /// `boot`, `reconnect`, or what else the device said.
    public var reason: String
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts an announcement together.
    public init(epoch: UInt32, reason: String, flags: [String] = []) {
        self.epoch = epoch
        self.reason = reason
        self.flags = flags
    }
}

/// A device's last will (`system/will`), published by the broker when the device is lost.
public struct WillReport: Sendable, Equatable, Codable {
    /// The canonical reason, such as `unexpected_disconnect`.
    public var reason: String
    /// Whether the broker kept this will from an earlier time.
    public var isRetained: Bool
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts a will together.
    public init(reason: String, isRetained: Bool, flags: [String] = []) {
        self.reason = reason
        self.isRetained = isRetained
        self.flags = flags
    }
}
