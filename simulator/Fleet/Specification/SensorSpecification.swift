public import TwinCore

/// One sensor chip of a simulated device.
public struct SensorSpecification: Sendable, Equatable {
    /// The chips that can be simulated.
    public enum Chip: String, Sendable, CaseIterable {
        /// Temperature of the root zone, on a 1-Wire bus.
        case ds18b20
        /// Temperature and humidity of the air, two values from one chip on the I²C bus.
        case sht31
        /// Acidity of the tank, by voltage.
        case ph
        /// Conductivity of the tank, by voltage.
        case ec
        /// Moisture of the soil, by voltage.
        case moisture
    }

    /// The pin; 0 for the I²C bus.
    public let gpio: GPIO
    /// The chip.
    public let chip: Chip
    /// How often it measures, in seconds.
    public let intervalSeconds: Int
    /// The subzone it reports; empty when none.
    public let subzone: String
    /// Where on its bus it sits.
    public let address: BusAddress

    /// Puts a sensor together.
    public init(
        gpio: GPIO, chip: Chip, intervalSeconds: Int = Firmware.sensorIntervalSeconds, subzone: String = "",
        address: BusAddress = .none
    ) {
        self.gpio = gpio
        self.chip = chip
        self.intervalSeconds = intervalSeconds
        self.subzone = subzone
        self.address = address
    }
}
