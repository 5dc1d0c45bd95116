/// Where a device's own emergency stop stands.
public enum EmergencyPhase: String, Sendable, Codable {
    case normal, active, clearing, resuming
}

/// What a device says an actuator does (`actuator/{gpio}/status`).
public struct ActuatorStatus: Sendable, Equatable, Codable {
    /// What the output does, in one word.
    public enum State: String, Sendable, Codable {
        case on, off, pwm, error, unknown
    }

    /// The pin, from the topic.
    public var gpio: GPIO
    /// The wire word of the kind: pump, valve, relay, pwm, or another.
    public var type: String
    /// What the output does.
    public var state: State
    /// The output level, 0 to 255.
    public var level: Int
    /// Accumulated on-time, in milliseconds.
    public var runtimeMilliseconds: Int64?
    /// Where the device's own emergency stop stands.
    public var emergency: EmergencyPhase
    /// Who last commanded the output, such as `user:mara` or `firmware:auto_duration`.
    public var commandSource: String?
    /// The device's time.
    public var clock: DeviceClock
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts a status together.
    public init(
        gpio: GPIO, type: String, state: State, level: Int, runtimeMilliseconds: Int64? = nil,
        emergency: EmergencyPhase = .normal, commandSource: String? = nil, clock: DeviceClock, flags: [String] = []
    ) {
        self.gpio = gpio
        self.type = type
        self.state = state
        self.level = level
        self.runtimeMilliseconds = runtimeMilliseconds
        self.emergency = emergency
        self.commandSource = commandSource
        self.clock = clock
        self.flags = flags
    }

    /// Whether the output is energised, as far as the words `on` and `pwm` and the level say.
    public var isOn: Bool {
        switch state {
        case .on: true
        case .pwm: level > 0
        case .off: false
        case .error, .unknown: level > 0
        }
    }

    /// Whether this status is evidence that the output is de-energised.
    public var provesOff: Bool { state == .off && level == 0 || state == .pwm && level == 0 }
}

/// A device's answer to one command (`actuator/{gpio}/response`).
public struct ActuatorResponse: Sendable, Equatable, Codable {
    /// The pin, from the topic.
    public var gpio: GPIO
    /// Which command is answered; `nil` when the device did not say.
    public var command: CommandID?
    /// Whether the device carried it out.
    public var isSuccess: Bool
    /// The device's words.
    public var message: String
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts a response together.
    public init(gpio: GPIO, command: CommandID?, isSuccess: Bool, message: String, flags: [String] = []) {
        self.gpio = gpio
        self.command = command
        self.isSuccess = isSuccess
        self.message = message
        self.flags = flags
    }
}

/// A safety event of a device (`actuator/{gpio}/alert`).
public struct ActuatorAlert: Sendable, Equatable, Codable {
    /// The pin; `nil` for the whole device.
    public var gpio: GPIO?
    /// The wire word, such as `runtime_protection`.
    public var type: String
    /// The device's words.
    public var message: String
    /// The device's time.
    public var clock: DeviceClock

    /// Puts an alert together.
    public init(gpio: GPIO?, type: String, message: String, clock: DeviceClock) {
        self.gpio = gpio
        self.type = type
        self.message = message
        self.clock = clock
    }

    /// Whether the device says with this alert that the output is off.
    public var meansOff: Bool {
        type == "emergency_stop" || type == "runtime_protection" || type == "safety_violation"
    }
}

/// What a device says about an emergency stop.
public enum EmergencyReport: Sendable, Equatable, Codable {
    /// It obeyed the stop (`actuator/emergency/ack`).
    case acknowledged(correlation: String?, outputs: Int?)
    /// It refused a stop or a clear (`actuator/emergency/error`).
    case refused(error: String, message: String)
    /// It answers a clear (`actuator/emergency/response`).
    case clearAnswered(status: String)
    /// Its outputs may be commanded again (`actuator/recovery_confirm`).
    case recovered(correlation: String?)
}
