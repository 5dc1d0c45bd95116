/// How a sensor is wired.
public enum SensorInterface: String, Sendable, CaseIterable {
    case analogue = "ANALOG"
    case digital = "DIGITAL"
    case i2c = "I2C"
    case oneWire = "ONEWIRE"
}

extension SensorKey {
    /// Kinds that the converter reads.
    private static let analogueFamilies: Set<String> = ["ph", "ec", "moisture", "soil", "analog"]
    /// Chips on the I²C bus.
    private static let i2cFamilies: Set<String> = ["sht31", "bmp280", "bme280", "scd30", "tsl2561", "bh1750", "light"]
    /// Chips on a 1-Wire bus.
    private static let oneWireFamilies: Set<String> = ["ds18b20"]

    /// How the sensor is wired: as its address says, or as its kind is usually wired.
    public var interface: SensorInterface {
        switch address {
        case .i2c: .i2c
        case .oneWire: .oneWire
        case .none where Self.i2cFamilies.contains(family): .i2c
        case .none where Self.oneWireFamilies.contains(family): .oneWire
        case .none where Self.analogueFamilies.contains(family): .analogue
        case .none: .digital
        }
    }

    /// The kind's word up to the first underscore, which names the chip; one may report several values.
    var family: String { String(type.prefix { $0 != "_" }) }
}
