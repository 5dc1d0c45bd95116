/// Where a sensor gets the temperature from that its processing uses.
public struct CompanionRule: Sendable, Equatable {
    /// How near a companion must be.
    public enum Scope: String, Sendable, Codable, CaseIterable {
        /// On the same pin at the same bus address.
        case chip
        /// Anywhere on the same device.
        case device
    }

    /// The kinds that may serve.
    public let kinds: [String]
    /// How near it must be.
    public let scope: Scope
    /// How old its value may be, in seconds.
    public let maximumAgeSeconds: Int

    /// Puts a rule together.
    public init(kinds: [String], scope: Scope, maximumAgeSeconds: Int) {
        self.kinds = kinds
        self.scope = scope
        self.maximumAgeSeconds = maximumAgeSeconds
    }

    /// The temperature for a sensor, in °C; `nil` when nobody can say it.
    ///
    /// The sensor that the operator named counts. Without one it must be clear who is meant: of several fitting sensors
    /// none is guessed.
    /// - Parameters:
    ///   - key: The sensor whose value is to be processed.
    ///   - named: The companion that the operator named.
    ///   - sensors: All sensors of the device.
    ///   - moment: Now.
    public func celsius(
        for key: SensorKey, named: SensorKey?, among sensors: some Sequence<SensorState>, at moment: Moment
    ) -> Double? {
        var found: SensorState?
        for sensor in sensors where sensor.key != key {
            if let named {
                if sensor.key == named { found = sensor }
                continue
            }
            guard kinds.contains(sensor.key.type) else { continue }
            if scope == .chip, sensor.key.gpio != key.gpio || sensor.key.address != key.address { continue }
            if found != nil { return nil }
            found = sensor
        }
        return found.flatMap { celsius(of: $0, at: moment) }
    }

    /// The temperature that a sensor shows now; `nil` when it is too old, doubtful or faulty.
    public func celsius(of sensor: SensorState, at moment: Moment) -> Double? {
        guard let latest = sensor.latest, sensor.fault == nil, latest.quality.isTrustworthy, latest.unit == "°C" else {
            return nil
        }
        let age = moment.time.milliseconds - latest.orderTime.milliseconds
        return age <= Int64(maximumAgeSeconds) * 1000 ? latest.value : nil
    }
}

extension Quality {
    /// Whether a value of this quality may be used to compute another one.
    var isTrustworthy: Bool {
        switch self {
        case .excellent, .good, .fair, .poor, .bad: true
        case .unknown, .suspect, .stale, .critical, .error: false
        }
    }
}
