/// A device's answer to one section of a configuration push (`config_response`, `config/…/{gpio}/ack`).
public struct ConfigurationAnswer: Sendable, Equatable, Codable {
    /// How the section fared.
    public enum Status: String, Sendable, Codable, CaseIterable {
        case success
        case partialSuccess = "partial_success"
        case error
    }

    /// Which part of a configuration.
    public enum Section: String, Sendable, Codable, CaseIterable {
        case sensor, actuator, wifi, zone, system, unknown
    }

    /// One item that the device refused.
    public struct Failure: Sendable, Equatable, Codable {
        /// Its kind's wire word, where the device names it.
        public var type: String?
        /// Its pin, where the device names it.
        public var gpio: GPIO?
        /// The contract's code or word.
        public var code: String
        /// The device's words.
        public var detail: String

        /// Puts a failure together.
        public init(type: String? = nil, gpio: GPIO? = nil, code: String, detail: String) {
            self.type = type
            self.gpio = gpio
            self.code = code
            self.detail = detail
        }
    }

    /// The most failures kept of one answer.
    public static let maximumFailures = 10

    /// How the section fared; an answer with a word nobody knows is refused.
    public var status: Status
    /// Which section; `system` with a flag for a word nobody knows, `unknown` with a flag for none.
    public var section: Section
    /// How many items were applied.
    public var count: Int?
    /// The device's words.
    public var message: String
    /// The contract's error word, such as `GPIO_CONFLICT`; `nil` when all went well.
    public var errorCode: String?
    /// The items that were refused, as far as the device lists them.
    public var failures: [Failure]
    /// The push that is answered; `nil` when the device did not say.
    public var correlation: String?
    /// The one pin that is answered, on the documented per-pin topics; `nil` for a whole section.
    public var gpio: GPIO?
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts an answer together.
    public init(
        status: Status, section: Section, count: Int? = nil, message: String, errorCode: String? = nil,
        failures: [Failure] = [], correlation: String? = nil, gpio: GPIO? = nil, flags: [String] = []
    ) {
        self.status = status
        self.section = section
        self.count = count
        self.message = message
        self.errorCode = errorCode
        self.failures = failures
        self.correlation = correlation
        self.gpio = gpio
        self.flags = flags
    }
}

/// A device's answer to a zone assignment (`zone/ack`).
public struct ZoneAnswer: Sendable, Equatable, Codable {
    /// What came of it.
    public enum Status: String, Sendable, Codable {
        case assigned = "zone_assigned"
        case removed = "zone_removed"
        case error
    }

    /// What came of it.
    public var status: Status
    /// The zone the device is in now; empty for none.
    public var zone: String
    /// The master zone, likewise.
    public var masterZone: String
    /// The assignment that is answered; `nil` when the device did not say.
    public var correlation: String?
    /// The contract's code; empty when all went well.
    public var reason: String
    /// The device's words.
    public var message: String

    /// Puts an answer together.
    public init(
        status: Status, zone: String, masterZone: String, correlation: String? = nil, reason: String, message: String
    ) {
        self.status = status
        self.zone = zone
        self.masterZone = masterZone
        self.correlation = correlation
        self.reason = reason
        self.message = message
    }
}

/// A device's answer to a change of one of its subzones (`subzone/ack`).
public struct SubzoneAnswer: Sendable, Equatable, Codable {
    /// What came of it.
    public enum Status: String, Sendable, Codable {
        case assigned = "subzone_assigned"
        case removed = "subzone_removed"
        case error
    }

    /// What came of it.
    public var status: Status
    /// Which subzone.
    public var subzone: String
    /// The change that is answered; `nil` when the device did not say.
    public var correlation: String?
    /// The contract's number, such as 2502; `nil` when all went well.
    public var errorCode: Int?
    /// The contract's code; empty when all went well.
    public var reason: String
    /// The device's words.
    public var message: String

    /// Puts an answer together.
    public init(
        status: Status, subzone: String, correlation: String? = nil, errorCode: Int? = nil, reason: String,
        message: String
    ) {
        self.status = status
        self.subzone = subzone
        self.correlation = correlation
        self.errorCode = errorCode
        self.reason = reason
        self.message = message
    }
}

/// Whether one of a device's subzones is isolated (`subzone/status`).
public struct SubzoneStatus: Sendable, Equatable, Codable {
    /// Which subzone.
    public var subzone: String
    /// Whether its outputs are kept off.
    public var isSafe: Bool

    /// Puts a status together.
    public init(subzone: String, isSafe: Bool) {
        self.subzone = subzone
        self.isSafe = isSafe
    }
}

/// A device's answer to a system command (`system/command/response`, `system/response`, `response`).
public struct SystemAnswer: Sendable, Equatable, Codable {
    /// The most members kept of an answer.
    public static let maximumMembers = 64
    /// The most bytes kept of an answer's members, names included.
    public static let maximumBytes = 8192

    /// The command's word, as the device echoes it; empty when it does not say.
    public var command: String
    /// Whether the device carried it out.
    public var isSuccess: Bool
    /// The contract's code, or the device's words; empty when all went well.
    public var error: String
    /// The answer's other members by name, as text: numbers and booleans as JSON writes them, nested ones as JSON.
    public var members: [String: String]
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts an answer together.
    public init(
        command: String, isSuccess: Bool, error: String, members: [String: String] = [:], flags: [String] = []
    ) {
        self.command = command
        self.isSuccess = isSuccess
        self.error = error
        self.members = members
        self.flags = flags
    }
}
