/// What an operator wants a device to be.
///
/// A member that is `nil` or empty is no wish: what the device reports stands. Bounded: see ``Desired/Limits``.
public struct Desired: Sendable, Equatable, Codable {
    /// The name people call the device by; known to the server alone.
    public var name: String?
    /// The board's wire word, where the device does not say; known to the server alone.
    public var board: String?
    /// Which zone it belongs to.
    public var zone: ZoneWish?
    /// Its subzones, by id.
    public var subzones: [String: SubzoneWish]
    /// Its sensors, by key.
    public var sensors: [SensorKey: SensorWish]
    /// Its actuators, by pin.
    public var actuators: [GPIO: ActuatorWish]

    /// Puts a wish together.
    public init(
        name: String? = nil, board: String? = nil, zone: ZoneWish? = nil, subzones: [String: SubzoneWish] = [:],
        sensors: [SensorKey: SensorWish] = [:], actuators: [GPIO: ActuatorWish] = [:]
    ) {
        self.name = name
        self.board = board
        self.zone = zone
        self.subzones = subzones
        self.sensors = sensors
        self.actuators = actuators
    }

    /// The most of each that a device can hold.
    public enum Limits {
        /// Sensors, unless the board runs fewer.
        public static let sensors = 20
        /// Actuators, unless the board runs fewer.
        public static let actuators = 12
        /// As many subzones as are pushed to a device.
        public static let subzones = 8
        /// Bytes of a name.
        public static let nameBytes = 64
        /// Bytes of a zone's id on a device.
        public static let zoneBytes = 32
        /// Bytes of a kind's word.
        public static let wordBytes = 32
        /// The longest run of an actuator without a break, in milliseconds: a day.
        public static let runtimeMilliseconds = 86_400_000
        /// Properties of a device that are not as wished, removals included: what is told and not answered adds up.
        public static let openProperties = 128
        /// Parts of a wish that are judged one by one; a larger wish is too large as it is.
        public static let inspectedParts = 256
    }
}
