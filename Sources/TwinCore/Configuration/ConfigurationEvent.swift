/// One part of a device's configuration that is wished, sent and answered on its own.
public enum PropertyPath: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    case name
    case board
    case zone
    case sensor(SensorKey)
    case actuator(GPIO)
    case subzone(String)

    /// The path as the API writes it: `zone`, `sensors/4:ds18b20`, `actuators/26`, `subzones/bench_1`.
    public var description: String {
        switch self {
        case .name: "name"
        case .board: "board"
        case .zone: "zone"
        case .sensor(let key): "sensors/\(key.id)"
        case .actuator(let gpio): "actuators/\(gpio)"
        case .subzone(let id): "subzones/\(id)"
        }
    }

    /// Orders as they are sent: the zone, then sensors and actuators, then subzones, which need the zone.
    public static func < (left: Self, right: Self) -> Bool {
        (left.rank, left.description) < (right.rank, right.description)
    }

    private var rank: Int {
        switch self {
        case .name: 0
        case .board: 1
        case .zone: 2
        case .sensor: 3
        case .actuator: 4
        case .subzone: 5
        }
    }
}

/// Where a wished property stands.
public enum PropertyState: Sendable, Equatable, Codable {
    /// It differs from what the device reported and waits to be sent. Next: sent, applied, expired.
    case pending
    /// It was sent. Next: accepted, applied, refused, pending.
    case sent
    /// The device took it in and has not carried it out. Next: applied, refused, pending.
    case accepted
    /// The device carried it out, or had it already. Next: pending.
    case applied
    /// The device said no, and why. Next: pending, with another wish.
    case refused(String)
    /// It was not carried out while it was valid, and is not sent any more. Next: pending, with another wish.
    case expired
}

/// What was said to a device about its configuration and is not answered; one at a time.
public enum ConfigurationStep: Sendable, Equatable, Codable {
    /// A push of items of the sensor and actuator sections.
    case push(ConfigurationPush)
    case zone(CommandID, ZoneWish)
    case subzone(CommandID, String, SubzoneWish)
    case subzoneRemoval(CommandID, String)

    /// What the device echoes.
    public var id: CommandID {
        switch self {
        case .push(let push): push.id
        case .zone(let id, _), .subzone(let id, _, _), .subzoneRemoval(let id, _): id
        }
    }
}

/// Items of a configuration, in one message.
public struct ConfigurationPush: Sendable, Equatable, Codable {
    /// The most bytes of a configuration message that a device takes.
    public static let maximumBytes = 4352

    /// What the device echoes with each section's answer.
    public let id: CommandID
    /// Sensors to be configured; `nil` for one to be removed.
    public let sensors: [SensorItem]
    /// Actuators to be configured; `nil` for one to be removed.
    public let actuators: [ActuatorItem]
    /// Digest of the items, 64 hexadecimal digits.
    public let fingerprint: String

    /// Puts a push together.
    public init(id: CommandID, sensors: [SensorItem] = [], actuators: [ActuatorItem] = [], fingerprint: String) {
        self.id = id
        self.sensors = sensors
        self.actuators = actuators
        self.fingerprint = fingerprint
    }

    /// One sensor of a push.
    public struct SensorItem: Sendable, Equatable, Codable {
        /// Which sensor.
        public let key: SensorKey
        /// How it is to be; for a removal, how it was.
        public let wish: SensorWish
        /// Whether the device is to run it.
        public let isActive: Bool

        /// Puts an item together.
        public init(key: SensorKey, wish: SensorWish, isActive: Bool) {
            self.key = key
            self.wish = wish
            self.isActive = isActive
        }
    }

    /// One actuator of a push.
    public struct ActuatorItem: Sendable, Equatable, Codable {
        /// Which pin.
        public let gpio: GPIO
        /// How it is to be; for a removal, how it was.
        public let wish: ActuatorWish
        /// Whether the device is to run it.
        public let isActive: Bool

        /// Puts an item together.
        public init(gpio: GPIO, wish: ActuatorWish, isActive: Bool) {
            self.gpio = gpio
            self.wish = wish
            self.isActive = isActive
        }
    }
}

/// How a device's configuration fares.
public enum ConfigurationEvent: Sendable, Equatable, Codable {
    /// An operator wishes something else; `revision` is the twin's with this fact, `validUntil` bounds what changed.
    case wished(Desired, by: String, revision: UInt64, validUntil: UnixTime?)
    /// A step is under way.
    case stepBegun(ConfigurationStep)
    /// The same was sent once more.
    case stepRepeated(CommandID, attempt: Int)
    /// The device took the step in.
    case stepAccepted(CommandID)
    /// Properties became what the device was told.
    case applied([PropertyPath])
    /// The device refused a property.
    case refused(PropertyPath, String)
    /// The step is over: answered, or given up until the device speaks of its configuration again.
    case stepEnded(CommandID, String)
    /// Properties were not carried out while they were valid.
    case expired([PropertyPath])
    /// The device shows another zone than it reported before.
    case zoneReported(id: String, masterID: String)
    /// The device runs another number of sensors or actuators than it was configured with: what it holds is unknown.
    case countMismatched(sensors: Int?, actuators: Int?)
    /// A device spoke about its configuration and nobody asked.
    case strayAnswer(ConfigurationAnswer)
    case strayZoneAnswer(ZoneAnswer)
    case straySubzoneAnswer(SubzoneAnswer)
}
