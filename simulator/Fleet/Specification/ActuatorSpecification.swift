public import TwinCore

/// One output of a simulated device.
public struct ActuatorSpecification: Sendable, Equatable {
    /// The firmware's drivers.
    public enum Kind: String, Sendable, CaseIterable {
        /// On or off; at most 60 activations an hour.
        case pump
        /// The same driver as ``pump``.
        case relay
        /// Closed, half open, open. It moves at once here; the real one takes 2.5 s a step.
        case valve
        /// Dimmed, 0 to 255.
        case pwm
    }

    /// What the output does to the plant.
    public enum Effect: String, Sendable, CaseIterable {
        case none
        /// Warms the air.
        case heating
        /// Exchanges the air for outside air.
        case ventilation
        /// Waters the soil.
        case irrigation
        /// Lowers the tank's pH.
        case acidDosing = "acid_dosing"
        /// Raises the tank's conductivity.
        case nutrientDosing = "nutrient_dosing"
    }

    /// The pin.
    public let gpio: GPIO
    /// The driver.
    public let kind: Kind
    /// What it does to the plant.
    public let effect: Effect
    /// The subzone it reports; empty when none.
    public let subzone: String
    /// The longest time on end that the firmware lets it be on, in seconds.
    public let maxRuntimeSeconds: Int

    /// Puts an output together.
    public init(
        gpio: GPIO, kind: Kind, effect: Effect = .none, subzone: String = "",
        maxRuntimeSeconds: Int = Firmware.maxRuntimeSeconds
    ) {
        self.gpio = gpio
        self.kind = kind
        self.effect = effect
        self.subzone = subzone
        self.maxRuntimeSeconds = maxRuntimeSeconds
    }
}

extension ActuatorSpecification.Kind {
    /// What the driver makes of a value from 0 to 1: the level it reports, 0 to 255.
    func level(for value: Double) -> Int {
        switch self {
        case .pump, .relay: value >= 0.5 ? 255 : 0
        case .valve:
            if value < 0.33 { 0 } else if value < 0.66 { 127 } else { 254 }
        case .pwm: Int(min(max(value, 0), 1) * 255)
        }
    }

    /// Whether the driver clamps a value that is out of range; the others refuse it.
    var clampsValues: Bool {
        switch self {
        case .pwm: true
        case .pump, .relay, .valve: false
        }
    }

    /// Whether the driver counts activations.
    var limitsActivations: Bool {
        switch self {
        case .pump, .relay: true
        case .valve, .pwm: false
        }
    }
}
