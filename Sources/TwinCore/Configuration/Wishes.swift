/// A zone as a device is to be assigned to it; an empty id for none.
public struct ZoneWish: Sendable, Equatable, Codable {
    /// The zone's id: at most 32 of `a-z 0-9 _ -`; empty to belong to none.
    public var id: String
    /// The master zone's id, likewise.
    public var masterID: String = ""
    /// The zone's name for people.
    public var name: String = ""

    /// Puts a wish together.
    public init(id: String, masterID: String = "", name: String = "") {
        self.id = id
        self.masterID = masterID
        self.name = name
    }
}

/// A subzone of a device.
public struct SubzoneWish: Sendable, Equatable, Codable {
    /// Its name for people.
    public var name: String = ""
    /// The pins that belong to it.
    public var gpios: [GPIO]
    /// Whether its outputs start isolated.
    public var isSafeModeActive: Bool = true

    /// Puts a wish together.
    public init(name: String = "", gpios: [GPIO] = [], isSafeModeActive: Bool = true) {
        self.name = name
        self.gpios = gpios
        self.isSafeModeActive = isSafeModeActive
    }
}

/// How a sensor of a device is to be configured.
public struct SensorWish: Sendable, Equatable, Codable {
    /// The longest rhythm that a device takes, in seconds.
    public static let longestIntervalSeconds = 300

    /// When a sensor measures.
    public enum Mode: String, Sendable, Codable, CaseIterable {
        case continuous
        case onDemand = "on_demand"
        case paused, scheduled
    }

    /// Its name for people; devices want one.
    public var name: String
    /// Its subzone; empty for none.
    public var subzone: String = ""
    /// When it measures.
    public var mode: Mode = .continuous
    /// How often, in seconds, 1 to 300.
    public var intervalSeconds: Int = 30
    /// Whether the device sends raw values, which the twin processes.
    public var isRaw: Bool = true
    /// Another sensor of the device whose temperature compensates this one's, by key; known to the server alone.
    public var temperatureFrom: SensorKey?

    /// Puts a wish together.
    public init(
        name: String, subzone: String = "", mode: Mode = .continuous, intervalSeconds: Int = 30, isRaw: Bool = true,
        temperatureFrom: SensorKey? = nil
    ) {
        self.name = name
        self.subzone = subzone
        self.mode = mode
        self.intervalSeconds = intervalSeconds
        self.isRaw = isRaw
        self.temperatureFrom = temperatureFrom
    }
}

/// How an actuator of a device is to be configured.
public struct ActuatorWish: Sendable, Equatable, Codable {
    /// The kind's word, such as `pump`.
    public var type: String
    /// The word that devices know the kind's driver by, where it is another one; from the catalogue.
    public var wireType: String?
    /// Its name for people; devices want one.
    public var name: String
    /// Its subzone; empty for none.
    public var subzone: String = ""
    /// A second pin, for kinds that have one.
    public var auxiliary: GPIO?
    /// Whether the firmware treats it as critical.
    public var isCritical: Bool = false
    /// Whether a low level switches it on.
    public var isInverted: Bool = false
    /// What it does when the device is left alone.
    public var isOnByDefault: Bool = false
    /// The level it has when the device is left alone, 0 to 255.
    public var defaultLevel: Int = 0
    /// How long the device lets it run without a break, in milliseconds.
    public var maximumRuntimeMilliseconds: Int = 3_600_000
    /// How long its kind's limits let it run without a break, in milliseconds, where that is shorter; from the
    /// catalogue.
    public var boundedRuntimeMilliseconds: Int?

    /// Puts a wish together.
    public init(
        type: String, wireType: String? = nil, name: String, subzone: String = "", auxiliary: GPIO? = nil,
        isCritical: Bool = false, isInverted: Bool = false, isOnByDefault: Bool = false, defaultLevel: Int = 0,
        maximumRuntimeMilliseconds: Int = 3_600_000
    ) {
        self.type = type
        self.wireType = wireType
        self.name = name
        self.subzone = subzone
        self.auxiliary = auxiliary
        self.isCritical = isCritical
        self.isInverted = isInverted
        self.isOnByDefault = isOnByDefault
        self.defaultLevel = defaultLevel
        self.maximumRuntimeMilliseconds = maximumRuntimeMilliseconds
    }
}
