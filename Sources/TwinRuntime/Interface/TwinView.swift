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
        if let fault = sensor.fault { return fault.quality }
        guard let latest = sensor.latest else { return .unknown }
        guard
            let limit = catalogue.sensorKind(sensor.key.type, for: sensor.key, of: snapshot.device.id)?
                .staleAfterSeconds
        else { return latest.quality }
        // A device whose clock runs ahead cannot keep its value fresh beyond its receipt.
        let age = moment.time.milliseconds - latest.orderTime.milliseconds
        return age > Int64(limit) * 1000 ? Quality.worse(latest.quality, .stale) : latest.quality
    }
}
