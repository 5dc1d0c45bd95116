/// One value as the firmware puts it on the wire: what the converter counted and what the device makes of it.
struct RawReading: Sendable, Equatable {
    /// The wire word of the kind.
    let type: String
    /// ADC counts, ticks, or sixteenths of a degree.
    let raw: Int
    /// The device's preview of the processed value.
    let value: Double
    /// The preview's unit.
    let unit: String
    /// Whether the raw value is at a rail of the ADC.
    let isAtRail: Bool

    private static let adcMaximum = 4095.0
    private static let adcVolts = 3.3
    private static let tickMaximum = 65_535.0

    /// The quality that the device claims.
    var qualityWord: String { isAtRail ? "suspect" : "good" }

    /// What a chip counts for one of its values in a bay.
    static func read(_ measurand: Measurand, in plant: Greenhouse, noise: inout SeededNoise) -> RawReading {
        switch measurand {
        case .ds18b20: ds18b20(celsius: plant.rootTemperature + noise.around(0.06))
        case .sht31Temperature: sht31(celsius: plant.airTemperature + noise.around(0.1))
        case .sht31Humidity: sht31(relativeHumidity: plant.humidity + noise.around(0.5))
        case .bmp280Temperature, .bme280Temperature:
            bosch(measurand, celsius: plant.airTemperature + noise.around(0.1))
        case .bmp280Pressure, .bme280Pressure:
            bosch(measurand, hectopascal: Greenhouse.airPressure + noise.around(0.2))
        case .bme280Humidity: bosch(relativeHumidity: plant.humidity + noise.around(0.5))
        case .ph: ph(plant.tankPH + noise.around(0.02))
        case .ec: ec(microsiemens: plant.tankConductivity + noise.around(8))
        case .moisture: moisture(percent: plant.soilMoisture + noise.around(0.3))
        }
    }

    /// 20-bit register counts, a line through the example of the BMP280's datasheet (3.12): 519888 at 25.08 °C,
    /// one count 26435 / 16384 / 5120 °C.
    static func bosch(_ measurand: Measurand, celsius: Double) -> Self {
        let raw = Int((519_888 + (celsius - 25.08) * 16_384 * 5120 / 26_435).rounded())
        return Self(type: measurand.rawValue, raw: raw, value: celsius, unit: "°C", isAtRail: false)
    }

    /// 20-bit register counts that fall with pressure, a line through the same example: 415148 at 1006.53 hPa, about
    /// 582 counts an hPa there.
    static func bosch(_ measurand: Measurand, hectopascal: Double) -> Self {
        let raw = Int((415_148 - (hectopascal - 1006.53) * 582).rounded())
        return Self(type: measurand.rawValue, raw: raw, value: hectopascal, unit: "hPa", isAtRail: false)
    }

    /// 16-bit register counts; where they lie depends on each chip's trimming, here 300 a per cent from 15000 on.
    static func bosch(relativeHumidity percent: Double) -> Self {
        let raw = Int((15_000 + min(max(percent, 0), 100) * 300).rounded())
        return Self(type: "bme280_humidity", raw: raw, value: percent, unit: "%RH", isAtRail: false)
    }

    /// Signed sixteenths of a degree.
    static func ds18b20(celsius: Double) -> Self {
        let raw = Int((min(max(celsius, -55), 125) * 16).rounded())
        return Self(type: "ds18b20", raw: raw, value: Double(raw) / 16, unit: "°C", isAtRail: false)
    }

    /// 16-bit ticks from −45 to 130 °C.
    static func sht31(celsius: Double) -> Self {
        let raw = ticks((celsius + 45) / 175)
        return Self(
            type: "sht31_temp", raw: raw, value: -45 + 175 * Double(raw) / tickMaximum, unit: "°C", isAtRail: false)
    }

    /// 16-bit ticks from 0 to 100 %.
    static func sht31(relativeHumidity percent: Double) -> Self {
        let raw = ticks(percent / 100)
        return Self(
            type: "sht31_humidity", raw: raw, value: 100 * Double(raw) / tickMaximum, unit: "%RH", isAtRail: false)
    }

    /// Counts of an uncalibrated probe: 7 pH at 1.5 V, 3.5 pH less for each volt more.
    static func ph(_ acidity: Double) -> Self {
        let raw = counts(volts: 1.5 + (7 - acidity) / 3.5)
        return adc("ph", raw, 7 - 3.5 * (volts(raw) - 1.5), "pH")
    }

    /// Counts of an uncalibrated probe: 6060 µS/cm for each volt.
    static func ec(microsiemens: Double) -> Self {
        let raw = counts(volts: microsiemens / 6060)
        return adc("ec", raw, 6060 * volts(raw), "µS/cm")
    }

    /// Counts of a capacitive probe: 3200 when dry, 1500 when wet.
    static func moisture(percent: Double) -> Self {
        let raw = Int(min(max(3200 - 17 * percent, 0), adcMaximum).rounded())
        return adc("moisture", raw, min(max((3200 - Double(raw)) / 17, 0), 100), "%")
    }

    private static func adc(_ type: String, _ raw: Int, _ value: Double, _ unit: String) -> Self {
        Self(type: type, raw: raw, value: value, unit: unit, isAtRail: raw < 50 || raw > 4045)
    }

    private static func counts(volts: Double) -> Int {
        Int(min(max(volts / adcVolts * adcMaximum, 0), adcMaximum).rounded())
    }

    private static func volts(_ counts: Int) -> Double { Double(counts) / adcMaximum * adcVolts }

    private static func ticks(_ share: Double) -> Int { Int((min(max(share, 0), 1) * tickMaximum).rounded()) }
}
