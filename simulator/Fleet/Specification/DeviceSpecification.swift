public import TwinCore

/// What one simulated device is: its name, its board and what is wired to it.
public struct DeviceSpecification: Sendable, Equatable {
    /// The device's name, which is also its MQTT client id.
    public var id: DeviceID
    /// The relay part of its topics.
    public var kaiser: KaiserID
    /// The board.
    public var board: Board
    /// The zone it reports; empty when none.
    public var zone: String
    /// The master zone it reports; empty when none.
    public var masterZone: String
    /// Its sensors.
    public var sensors: [SensorSpecification]
    /// Its outputs, at most one for each pin.
    public var actuators: [ActuatorSpecification]
    /// How often it sends heartbeats once it is registered, in seconds.
    public var heartbeatSeconds: Int
    /// How often it sends the status of all its outputs, in seconds.
    public var statusSeconds: Int
    /// What `actuator/emergency` must carry; `nil` when the device holds no such token.
    public var emergencyToken: String?
    /// What `kaiser/broadcast/emergency` must carry; `nil` when the device holds no such token.
    public var broadcastToken: String?
    /// Whether it gets the time by itself; without, it adopts the server's.
    public var hasNetworkTime: Bool
    /// What it does otherwise than a good device.
    public var personality: Personality

    /// Puts a device together.
    public init(
        id: DeviceID, kaiser: KaiserID = .god, board: Board = .esp32Wroom, zone: String = "", masterZone: String = "",
        sensors: [SensorSpecification] = [], actuators: [ActuatorSpecification] = [],
        heartbeatSeconds: Int = Firmware.heartbeatSeconds, statusSeconds: Int = Firmware.statusSeconds,
        emergencyToken: String? = nil, broadcastToken: String? = nil, hasNetworkTime: Bool = true,
        personality: Personality = Personality()
    ) {
        precondition(Set(actuators.map(\.gpio)).count == actuators.count, "\(id) has two outputs on one pin")
        self.id = id
        self.kaiser = kaiser
        self.board = board
        self.zone = zone
        self.masterZone = masterZone
        self.sensors = sensors
        self.actuators = actuators
        self.heartbeatSeconds = heartbeatSeconds
        self.statusSeconds = statusSeconds
        self.emergencyToken = emergencyToken
        self.broadcastToken = broadcastToken
        self.hasNetworkTime = hasNetworkTime
        self.personality = personality
    }
}
