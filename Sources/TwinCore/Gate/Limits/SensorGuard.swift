/// Which sensors a rule reads.
public struct SensorReference: Sendable, Hashable, Codable, CustomStringConvertible {
    /// On which device; `nil` for the one that has the output.
    public var device: DeviceID?
    /// The kind, by canonical name.
    public var type: String
    /// On which pin; `nil` for every sensor of the kind.
    public var gpio: GPIO?

    /// Puts a reference together.
    public init(device: DeviceID? = nil, type: String, gpio: GPIO? = nil) {
        self.device = device
        self.type = type
        self.gpio = gpio
    }

    /// Whether a sensor of the device is meant.
    public func matches(_ key: SensorKey) -> Bool { key.type == type && (gpio == nil || gpio == key.gpio) }

    /// Such as `ESP_7C19F2 level gpio 34`, or `level`.
    public var description: String {
        [device?.description, type, gpio.map { "gpio \($0)" }].compactMap(\.self).joined(separator: " ")
    }
}

/// What sensors must show while an output is energised: every sensor that is meant, and at least one.
public struct SensorGuard: Sendable, Equatable, Codable {
    /// Where a value has to go.
    public enum Direction: String, Sendable, Codable, CaseIterable {
        case rising, falling
        /// Anywhere but up.
        case notRising = "not_rising"
        /// Anywhere but down.
        case notFalling = "not_falling"
    }

    /// Which sensors.
    public var sensor: SensorReference
    /// The values they may show, in the unit of their kind.
    public var range: ClosedRange<Double>
    /// How old the value may be, in seconds; an older one counts as none.
    public var maxAgeSeconds: Int
    /// The qualities that count.
    public var qualities: [Quality]
    /// Where the value has to go; `nil` for anywhere.
    public var direction: Direction?

    /// Puts a guard together.
    public init(
        sensor: SensorReference, range: ClosedRange<Double>, maxAgeSeconds: Int,
        qualities: [Quality] = [.excellent, .good, .fair], direction: Direction? = nil
    ) {
        self.sensor = sensor
        self.range = range
        self.maxAgeSeconds = maxAgeSeconds
        self.qualities = qualities
        self.direction = direction
    }
}

/// What a sensor shows when an output works.
public struct EffectRule: Sendable, Equatable, Codable {
    /// What of the sensor's values counts.
    public enum Measure: String, Sendable, Codable, CaseIterable {
        /// The value itself: flow, current.
        case value
        /// How fast it changes, per minute: a level, a temperature.
        case slopePerMinute = "slope_per_minute"
    }

    /// Which sensor; where several are meant, one that shows it is enough.
    public var sensor: SensorReference
    /// What of its values counts.
    public var measure: Measure
    /// The measures that show the effect; a tank that is emptied has a negative slope.
    public var range: ClosedRange<Double>
    /// Within how many seconds of the output's going on the effect must be seen, and of its going off be gone.
    public var withinSeconds: Int
    /// What feeds the output, and is closed too when there is no effect; `nil` for nothing.
    public var upstream: OutputAddress?

    /// Puts a rule together.
    public init(
        sensor: SensorReference, measure: Measure, range: ClosedRange<Double>, withinSeconds: Int,
        upstream: OutputAddress? = nil
    ) {
        self.sensor = sensor
        self.measure = measure
        self.range = range
        self.withinSeconds = withinSeconds
        self.upstream = upstream
    }
}
