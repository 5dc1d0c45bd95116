/// What somebody asks an actuator to do.
public struct CommandOrder: Sendable, Equatable, Codable {
    /// The words a caller may use.
    public enum Verb: String, Sendable, Codable, CaseIterable {
        case on = "ON"
        case off = "OFF"
        case pwm = "PWM"
        case toggle = "TOGGLE"
    }

    /// The command's id.
    public let id: CommandID
    /// The word used.
    public let verb: Verb
    /// The level asked for, 0 to 1; `nil` for the verb's own.
    public let value: Double?
    /// How long, in seconds; `nil` for the kind's default lease.
    public let durationSeconds: Int?
    /// Who asks.
    public let issuedBy: String
    /// When it was asked.
    public let issuedAt: UnixTime
    /// The command whose lease it prolongs, with the same drive; `nil` for a new one.
    public let renews: CommandID?
    /// The revision of the output that the caller saw; dangerous outputs ask for it.
    public let seenRevision: UInt64?
    /// The refused command of another person that this one seconds.
    public let seconds: CommandID?
    /// The caller's key: an order with a key that was seen before gets the earlier one's answer.
    public let idempotencyKey: String?

    /// The longest key, in bytes.
    public static let maximumKeyBytes = 128

    /// Puts an order together.
    public init(
        id: CommandID, verb: Verb, value: Double?, durationSeconds: Int?, issuedBy: String, issuedAt: UnixTime,
        renews: CommandID? = nil, seenRevision: UInt64? = nil, seconds: CommandID? = nil,
        idempotencyKey: String? = nil
    ) {
        self.renews = renews
        self.seenRevision = seenRevision
        self.seconds = seconds
        self.idempotencyKey = idempotencyKey
        self.id = id
        self.verb = verb
        self.value = value
        self.durationSeconds = durationSeconds
        self.issuedBy = issuedBy
        self.issuedAt = issuedAt
    }
}

extension CommandOrder {
    /// Whether another order asks for the same, whenever and under whatever id.
    public func asksTheSame(as other: Self) -> Bool {
        verb == other.verb && value == other.value && durationSeconds == other.durationSeconds
            && issuedBy == other.issuedBy && renews == other.renews && seconds == other.seconds
    }
}

/// How a command ended.
public enum CommandOutcome: Sendable, Equatable, Codable {
    /// The device answered and its status shows the effect.
    case confirmed
    /// The device refused, or did not answer or show the effect in time.
    case failed(String)
    /// A later command for the same output took its place.
    case superseded(by: CommandID)
    /// An emergency stop took its place.
    case stopped(IncidentID)
    /// It could not leave before its expiry.
    case expired
}

/// Where a command stands.
public enum CommandState: String, Sendable, Codable, CaseIterable {
    case refused, accepted, sent, acknowledged, answered, confirmed, failed, superseded, stopped, expired

    /// Whether nothing more will happen to it.
    public var isFinal: Bool {
        switch self {
        case .accepted, .sent, .acknowledged, .answered: false
        case .refused, .confirmed, .failed, .superseded, .stopped, .expired: true
        }
    }
}

/// One command with all its evidence, as it is stored and shown.
public struct CommandRecord: Sendable, Equatable, Codable {
    /// One step of a command, and what proves it.
    public struct Evidence: Sendable, Equatable, Codable {
        /// The step.
        public let step: String
        /// When it reached the runtime.
        public let at: UnixTime
        /// What was seen.
        public let detail: String

        /// Puts a piece of evidence together.
        public init(step: String, at: UnixTime, detail: String) {
            self.step = step
            self.at = at
            self.detail = detail
        }
    }

    /// The most pieces of evidence kept with a command.
    public static let maximumEvidence = 32

    /// Which device.
    public let device: DeviceID
    /// Which pin.
    public let gpio: GPIO
    /// What was asked.
    public let order: CommandOrder
    /// Where it stands.
    public var state: CommandState
    /// The limit that refused it, if one did.
    public var refusedBy: Gate.Limit?
    /// How each limit judged it.
    public let evaluations: [Gate.Evaluation]
    /// How many seconds the lease lasts; `nil` for a de-energising command.
    public let leaseSeconds: Int?
    /// What happened to it, oldest first.
    public private(set) var evidence: [Evidence] = []

    /// Puts a record together.
    public init(
        device: DeviceID, gpio: GPIO, order: CommandOrder, state: CommandState, refusedBy: Gate.Limit?,
        evaluations: [Gate.Evaluation], leaseSeconds: Int?
    ) {
        self.device = device
        self.gpio = gpio
        self.order = order
        self.state = state
        self.refusedBy = refusedBy
        self.evaluations = evaluations
        self.leaseSeconds = leaseSeconds
    }

    /// Adds a piece of evidence; past the bound only the latest piece is replaced.
    public mutating func note(_ step: String, at time: UnixTime, _ detail: String) {
        if evidence.count == Self.maximumEvidence { evidence.removeLast() }
        evidence.append(Evidence(step: step, at: time, detail: detail))
    }
}

/// Why a lease is over.
public enum LeaseEnd: String, Sendable, Codable {
    /// Its time was up.
    case expired
    /// The device showed the output off.
    case reportedOff = "reported_off"
    /// An OFF was commanded.
    case switchedOff = "switched_off"
    /// Another energising command began a new lease.
    case renewed
    /// An emergency stop.
    case stopped
    /// The command that began it failed.
    case commandFailed = "command_failed"
    /// A limit that must hold all the time did not.
    case limitBroken = "limit_broken"
}

/// Why an output is driven to its safe state.
public enum SafeStateCause: Sendable, Equatable, Codable {
    case leaseExpired
    case commandFailed(CommandID)
    case emergencyStop(IncidentID)
    /// The device showed it on while an emergency stop held.
    case onWhileStopped
    /// The device was rejected.
    case excluded
    /// The device showed it on although no lease of ours allows it any more.
    case onWithoutLease
    /// The runtime restarted while a command was under way.
    case restarted
    /// The runtime is ending.
    case shutdown
    /// An operator asked for the device's safe mode, or isolated the output's subzone.
    case safeMode
    /// The device drives its pin another way than before: nobody knows what that made of the output.
    case reconfigured
    /// A limit that must hold all the time did not.
    case limitBroken(Gate.Limit)
    /// Somebody works on it.
    case lockedOut
    /// It was on and nothing showed that it worked.
    case noEffect
    /// It feeds an output that was on and did not work.
    case feeds(OutputAddress)
    /// It was off and something showed that it worked.
    case effectWithoutCommand
    /// Its device's twin fails and takes no part.
    case quarantined
    /// Somebody else left or sent a command for it.
    case foreignCommand
}
