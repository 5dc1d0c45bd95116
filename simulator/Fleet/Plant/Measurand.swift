/// One value that the firmware can measure, by its word on the wire; a chip may have several.
public enum Measurand: String, Sendable, CaseIterable {
    case ds18b20
    case sht31Temperature = "sht31_temp"
    case sht31Humidity = "sht31_humidity"
    case bmp280Temperature = "bmp280_temp"
    case bmp280Pressure = "bmp280_pressure"
    case bme280Temperature = "bme280_temp"
    case bme280Pressure = "bme280_pressure"
    case bme280Humidity = "bme280_humidity"
    case ph, ec, moisture

    /// What a sensor is wired to.
    enum Bus: String, Sendable {
        case analog = "ANALOG"
        case i2c = "I2C"
        case oneWire = "ONEWIRE"
    }

    /// What its sensor is wired to.
    var bus: Bus {
        switch self {
        case .ds18b20: .oneWire
        case .ph, .ec, .moisture: .analog
        case .sht31Temperature, .sht31Humidity, .bmp280Temperature, .bmp280Pressure, .bme280Temperature,
            .bme280Pressure, .bme280Humidity:
            .i2c
        }
    }

    /// The chip's word, which stands for all its values.
    var chip: String {
        switch self {
        case .ds18b20, .ph, .ec, .moisture: rawValue
        case .sht31Temperature, .sht31Humidity: "sht31"
        case .bmp280Temperature, .bmp280Pressure: "bmp280"
        case .bme280Temperature, .bme280Pressure, .bme280Humidity: "bme280"
        }
    }

    /// The address of a chip that was configured without one; 0 for those without addresses.
    var defaultAddress: UInt8 {
        switch self {
        case .ds18b20, .ph, .ec, .moisture: 0
        case .sht31Temperature, .sht31Humidity: 0x44
        case .bmp280Temperature, .bmp280Pressure, .bme280Temperature, .bme280Pressure, .bme280Humidity: 0x76
        }
    }

    /// The values that a word of a configuration means: one, or all of a chip; empty for a word nobody knows.
    static func named(_ word: String) -> [Measurand] {
        if let one = Measurand(rawValue: word) { return [one] }
        return allCases.filter { $0.chip == word }
    }
}
