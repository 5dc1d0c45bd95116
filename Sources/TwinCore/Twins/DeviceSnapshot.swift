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
