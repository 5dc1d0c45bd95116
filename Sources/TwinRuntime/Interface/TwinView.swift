public import TwinCore

/// One twin as it stood at a moment.
public struct TwinView: Sendable {
    /// The twin with its children.
    public let snapshot: DeviceSnapshot
    /// When it was looked at.
    public let moment: Moment
    /// What is known of kinds.
    public let catalogue: Catalogue

    /// Puts a view together.
    public init(snapshot: DeviceSnapshot, moment: Moment, catalogue: Catalogue) {
        self.snapshot = snapshot
        self.moment = moment
        self.catalogue = catalogue
    }

    /// How far the sensor's shown value can be trusted now: its sample's quality, `stale` once it is too old, `error`
    /// while a newer sample reports a fault, `unknown` before the first.
    public func quality(of sensor: SensorState) -> Quality {
        sensor.quality(
            kind: catalogue.sensorKind(sensor.key.type, for: sensor.key, of: snapshot.device.id), at: moment)
    }
}
