/// Everything that is known of one device. Changed by ``DeviceState/apply(_:at:)`` alone.
public struct DeviceState: Sendable, Equatable, Codable {
    /// Where it is reached.
    public let address: DeviceAddress
    /// Where it stands.
    public internal(set) var status: DeviceStatus
    /// Since when.
    public internal(set) var statusSince: UnixTime
    /// When it last spoke, on both clocks; the uptime is the run's in which it did.
    public internal(set) var lastHeard: Moment
    /// Its latest heartbeat.
    public internal(set) var heartbeat: Heartbeat?
    /// Its latest counters.
    public internal(set) var metrics: HeartbeatMetrics?
    /// The epoch its acknowledgements must carry.
    public internal(set) var handoverEpoch: UInt32 = 1
    /// Which boot it is in.
    public internal(set) var bootSequence: String?
    /// Whether the broker may still keep a last will of it.
    public internal(set) var mayHaveRetainedWill = true
    /// The emergency stop that holds it.
    public internal(set) var stop: StopPhase = .none
    /// Its latest alert that concerns the whole device.
    public internal(set) var lastAlert: ActuatorAlert?
    /// Why its twin takes no more messages; `nil` when it does.
    public internal(set) var quarantine: String?

    /// How an emergency stop holds a device.
    public enum StopPhase: Sendable, Equatable, Codable {
        /// Not at all. Next: stopped.
        case none
        /// Next: clearing, stopped (another incident).
        case stopped(Incident, orderedAt: Moment, repeats: Int, isAcknowledged: Bool)
        /// The operator released it; the device has not confirmed. Next: none, stopped.
        case clearing(IncidentID, by: String, stoppedAt: Moment, sends: Int, lastSentAt: Moment?)
    }
}

/// Everything that is known of one sensor. Changed by ``SensorState/apply(_:at:)`` alone.
public struct SensorState: Sendable, Equatable, Codable {
    /// Which sensor of its device.
    public let key: SensorKey
    /// The newest plausible sample by event time.
    public internal(set) var latest: Sample?
    /// The newest fault, when it is newer than `latest`.
    public internal(set) var fault: Sample?
    /// How many samples arrived.
    public internal(set) var count: UInt64 = 0

    /// Makes a sensor that has not spoken.
    public init(key: SensorKey) { self.key = key }
}

/// Everything that is known of one actuator. Changed by ``ActuatorState/apply(_:at:)`` alone.
public struct ActuatorState: Sendable, Equatable, Codable {
    /// Which pin of its device.
    public let gpio: GPIO
    /// The kind's wire word, as the device last said; empty before it did.
    public internal(set) var type: String
    /// What was last asked for and let pass.
    public internal(set) var requested: Requested?
    /// What the device last showed in this run; `nil` while unknown.
    public internal(set) var confirmed: Confirmed?
    /// Until when the output may stay energised.
    public internal(set) var lease: Lease?
    /// The command that is under way.
    public internal(set) var pending: PendingCommand?
    /// The drive to the safe state that is under way.
    public internal(set) var safeState: SafeStateDrive?
    /// When the output was last seen to go off, in this run.
    public internal(set) var lastOff: Uptime?
    /// Its latest alert.
    public internal(set) var lastAlert: ActuatorAlert?

    /// Makes an actuator that has not spoken.
    public init(gpio: GPIO, type: String) {
        self.gpio = gpio
        self.type = type
    }

    /// What was asked for.
    public struct Requested: Sendable, Equatable, Codable {
        /// By which command.
        public let command: CommandID
        /// What the output was to do.
        public let drive: Drive
        /// By whom.
        public let issuedBy: String
        /// When.
        public let at: UnixTime
    }

    /// What the device showed.
    public struct Confirmed: Sendable, Equatable, Codable {
        /// The device's words.
        public let status: ActuatorStatus
        /// When they arrived.
        public let at: Moment

        /// Whether the output is energised.
        public var isOn: Bool { status.isOn }
    }

    /// A permission to stay energised, with an end.
    public struct Lease: Sendable, Equatable, Codable {
        /// Which command began it.
        public let command: CommandID
        /// When it began.
        public let startedAt: Moment
        /// How long it lasts, in seconds.
        public let seconds: Int
        /// When it ends on the run's own clock; bounds the lease even when the wall clock jumps.
        public internal(set) var endsAt: Uptime
        /// When it ends by the wall clock, for people.
        public var endTime: UnixTime { startedAt.time.advanced(byMilliseconds: Int64(seconds) * 1000) }
    }

    /// A command that has not ended.
    public struct PendingCommand: Sendable, Equatable, Codable {
        /// Its record so far.
        public internal(set) var record: CommandRecord
        /// What the output is to do.
        public let drive: Drive
        /// When the order was accepted.
        public let acceptedAt: Moment
        /// How often it was sent.
        public internal(set) var attempts: Int
        /// When it was last sent; `nil` before the first time.
        public internal(set) var lastSentAt: Moment?
        /// Whether the device said that it carried it out.
        public internal(set) var isAnswered: Bool
        /// Whether a status since the sending shows the effect.
        public internal(set) var isShown: Bool
    }

    /// OFF, sent until the device shows it.
    public struct SafeStateDrive: Sendable, Equatable, Codable {
        /// Why.
        public let cause: SafeStateCause
        /// Since when.
        public let startedAt: Moment
        /// How often OFF was sent.
        public internal(set) var attempts: Int
        /// When OFF was last sent.
        public internal(set) var lastSentAt: Moment
    }
}

/// One device twin with its children, whole.
public struct DeviceSnapshot: Sendable, Equatable, Codable {
    /// How many facts made it what it is.
    public var revision: UInt64
    /// The device.
    public var device: DeviceState
    /// Its sensors, by key.
    public var sensors: [SensorState]
    /// Its actuators, by pin.
    public var actuators: [ActuatorState]

    /// Puts a snapshot together.
    public init(revision: UInt64, device: DeviceState, sensors: [SensorState], actuators: [ActuatorState]) {
        self.revision = revision
        self.device = device
        self.sensors = sensors
        self.actuators = actuators
    }
}
