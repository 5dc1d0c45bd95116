/// Items of a configuration, in one message.
public struct ConfigurationPush: Sendable, Equatable, Codable {
    /// The most bytes of a configuration message that a device takes.
    public static let maximumBytes = 4352

    /// Sensors to be configured or removed.
    public let sensors: [SensorItem]
    /// Actuators to be configured or removed.
    public let actuators: [ActuatorItem]
    /// Tells a later push from an earlier one; grows with each.
    ///
    /// Seconds since the Unix epoch, or one more than before: the milliseconds of the contract do not fit the 32 bits
    /// that a device keeps.
    public let generation: UInt32
    /// Digest of the items, 64 hexadecimal digits.
    public let fingerprint: String

    /// Puts a push together and digests its items.
    public init(sensors: [SensorItem] = [], actuators: [ActuatorItem] = [], generation: UInt32) {
        self.sensors = sensors
        self.actuators = actuators
        self.generation = generation
        fingerprint = SHA256.hexDigest(of: Self.canonicalText(sensors, actuators))
    }

    /// One sensor of a push.
    public struct SensorItem: Sendable, Equatable, Codable {
        /// Which sensor.
        public let key: SensorKey
        /// How it is to be; for a removal, how it was.
        public let wish: SensorWish
        /// Whether the device is to run it; `false` removes it.
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
        /// Whether the device is to run it; `false` removes it.
        public let isActive: Bool

        /// Puts an item together.
        public init(gpio: GPIO, wish: ActuatorWish, isActive: Bool) {
            self.gpio = gpio
            self.wish = wish
            self.isActive = isActive
        }
    }
}

extension ConfigurationPush {
    /// Whether the device is to forget the rules by which it would switch outputs when it is alone.
    ///
    /// Such a rule only ever adds an ON that no gate was asked for; who wants outputs run says so with each push.
    public var forgetsOfflineRules: Bool { actuators.contains(where: \.isActive) }

    /// The text that is digested: one line an item, texts with their length before them.
    ///
    /// Equal items give equal texts and others give others: no text can pretend to be the next member.
    private static func canonicalText(_ sensors: [SensorItem], _ actuators: [ActuatorItem]) -> [UInt8] {
        var text = ""
        for item in sensors {
            let wish = item.wish
            text += "sensor \(counted(item.key.id)) \(item.isActive) \(counted(wish.name)) \(counted(wish.subzone)) "
            text += "\(wish.mode.rawValue) \(wish.intervalSeconds) \(wish.isRaw)\n"
        }
        for item in actuators {
            let wish = item.wish
            text += "actuator \(item.gpio) \(item.isActive) \(counted(wish.type)) \(counted(wish.name)) "
            text += "\(counted(wish.subzone)) \(wish.auxiliary?.description ?? "-") \(wish.isCritical) "
            text += "\(wish.isInverted) \(wish.isOnByDefault) \(wish.defaultLevel) "
            text += "\(wish.maximumRuntimeMilliseconds)\n"
        }
        return Array(text.utf8)
    }

    private static func counted(_ text: String) -> String { "\(text.utf8.count):\(text)" }
}
