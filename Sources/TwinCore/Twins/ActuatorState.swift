/// Everything that is known of one actuator; changed by ``ActuatorState/apply(_:at:)`` alone.
public struct ActuatorState: Sendable, Equatable, Codable {
    /// The device it belongs to.
    public let device: DeviceID
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
    /// When the output was on.
    public internal(set) var duty = Duty()
    /// The level that was let pass last; `nil` while the output is to be off.
    public internal(set) var driven: Driven?
    /// Since when the device has shown the output on without a break, in this run.
    public internal(set) var shownOnSince: Uptime?
    /// What its sensor shows of its effect.
    public internal(set) var effect = EffectState()
    /// The latest emergency stop that took hold of it, which keeps it until it is released.
    public internal(set) var stoppedBy: [IncidentID] = []
    /// The tag that hangs on it.
    public internal(set) var lockout: Lockout?
    /// How often what an operator sees of it has changed.
    public internal(set) var revision: UInt64 = 0
    /// The latest keys of callers, oldest first.
    public internal(set) var keys: [KeyedCommand] = []
    /// The latest alarm about it.
    public internal(set) var lastAlarm: Received<SafetyAlarm>?
    /// Its latest alert.
    public internal(set) var lastAlert: ActuatorAlert?
    /// Its latest answer to a command.
    public internal(set) var lastResponse: ActuatorResponse?
    /// The command that ended last, or was refused last.
    public internal(set) var lastCommand: CommandRecord?

    /// Makes an actuator that has not spoken.
    public init(device: DeviceID, gpio: GPIO, type: String) {
        self.device = device
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

    /// A level that was let pass.
    public struct Driven: Sendable, Equatable, Codable {
        /// The level, 0 to 1.
        public let level: Double
        /// Since when.
        public internal(set) var since: Uptime
    }

    /// A caller's key, and the command that came of it.
    public struct KeyedCommand: Sendable, Equatable, Codable {
        /// The key.
        public let key: String
        /// What was asked with it; another order with the same key is refused.
        public let order: CommandOrder
    }

    /// How many keys are kept.
    public static let maximumKeys = 16

    /// A permission to stay energised, with an end.
    public struct Lease: Sendable, Equatable, Codable {
        /// Which command began it.
        public let command: CommandID
        /// Who has it, and may prolong it: `user:…`, `rule:…`, `schedule:…`.
        public let owner: String
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
        public internal(set) var startedAt: Moment
        /// How often OFF was sent.
        public internal(set) var attempts: Int
        /// When OFF was last sent.
        public internal(set) var lastSentAt: Moment
        /// Whether an alarm was raised because the device has not shown it for too long.
        public internal(set) var isOverdue = false
    }
}
