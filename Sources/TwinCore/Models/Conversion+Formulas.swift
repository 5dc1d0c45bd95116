/// A processed value and how far its kind's rule trusts it.
public struct Converted: Sendable, Equatable {
    /// The value, in the kind's unit; `nil` where the raw value stands for a fault.
    public let value: Double?
    /// What the kind's rule says of it.
    public let quality: Quality
}

extension Conversion {
    /// The full scale of a 12-bit converter, in counts, and the voltage it stands for.
    static let adcFullScaleCounts = 4095.0
    static let adcFullScaleVolts = 3.3
    /// Counts below and above these are at a rail of the converter and prove nothing.
    static let adcPlausibleCounts = 50.0...4045.0

    /// Turns a raw value into a processed one.
    ///
    /// Without calibration data (which comes with the device's configuration) the documented defaults apply, and the
    /// quality says so.
    public func convert(_ raw: Double) -> Converted {
        switch self {
        case .ds18b20: ds18b20(raw)
        case .sht31Temperature: sht31Temperature(raw)
        case .sht31Humidity: sht31Humidity(raw)
        case .ph: ph(raw)
        case .ec: ec(raw)
        case .moisture: moisture(raw)
        }
    }

    /// Sixteenths of a degree, signed: T = raw / 16 °C.
    ///
    /// Source: Maxim DS18B20 datasheet (19-7487), "Operation — Measuring Temperature"; 85 °C is the power-on value.
    private func ds18b20(_ raw: Double) -> Converted {
        let celsius = rounded(raw * 0.0625, decimals: 2)
        if raw == -2032 { return Converted(value: celsius, quality: .error) }
        if !(-55...125).contains(celsius) { return Converted(value: celsius, quality: .error) }
        if raw == 1360 { return Converted(value: celsius, quality: .suspect) }
        return Converted(value: celsius, quality: (-10...85).contains(celsius) ? .good : .fair)
    }

    /// T = −45 + 175 · raw / 65535 °C.
    ///
    /// Source: Sensirion SHT3x-DIS datasheet, section 4.13 "Conversion of Signal Output".
    private func sht31Temperature(_ raw: Double) -> Converted {
        let celsius = rounded(-45 + 175 * raw / 65535, decimals: 1)
        return Converted(value: celsius, quality: (0...65).contains(celsius) ? .good : .fair)
    }

    /// RH = 100 · raw / 65535 %.
    ///
    /// Source: Sensirion SHT3x-DIS datasheet, section 4.13 "Conversion of Signal Output".
    private func sht31Humidity(_ raw: Double) -> Converted {
        let percent = rounded(clamped(100 * raw / 65535, to: 0...100), decimals: 1)
        if percent < 5 || percent > 95 { return Converted(value: percent, quality: .poor) }
        return Converted(value: percent, quality: (20...80).contains(percent) ? .good : .fair)
    }

    /// Uncalibrated: pH = 7 − 3.5 · (V − 1.5), the nominal slope of an amplified glass electrode centred at 1.5 V.
    ///
    /// Source: DFRobot SEN0161 wiki, "pH meter": 1.5 V at pH 7 with its 3.3 V front end, 3.5 pH per volt.
    private func ph(_ raw: Double) -> Converted {
        let value = rounded(clamped(7 - 3.5 * (volts(raw) - 1.5), to: 0...14), decimals: 2)
        return Converted(value: value, quality: atRail(raw) ?? ((4...10).contains(value) ? .fair : .poor))
    }

    /// Uncalibrated: EC = 6060 · V µS/cm, a cell constant of 1 with the nominal gain.
    ///
    /// Source: DFRobot DFR0300 wiki, "Analog EC Meter".
    private func ec(_ raw: Double) -> Converted {
        let value = rounded(clamped(6060 * volts(raw), to: 0...20_000), decimals: 1)
        return Converted(value: value, quality: atRail(raw) ?? ((100...15_000).contains(value) ? .fair : .poor))
    }

    /// Linear between the probe's dry and wet counts, 3200 and 1500 without calibration.
    ///
    /// Source: DFRobot SEN0193 wiki, "Capacitive Soil Moisture Sensor", two-point calibration in air and water.
    private func moisture(_ raw: Double) -> Converted {
        let dry = 3200.0
        let wet = 1500.0
        let percent = rounded(clamped((raw - dry) / (wet - dry) * 100, to: 0...100), decimals: 1)
        let quality: Quality =
            if percent < 10 || percent > 95 { .poor } else if (20...80).contains(percent) { .good } else { .fair }
        return Converted(value: percent, quality: atRail(raw).map { Quality.worse($0, quality) } ?? quality)
    }

    private func volts(_ raw: Double) -> Double { raw / Self.adcFullScaleCounts * Self.adcFullScaleVolts }

    private func atRail(_ raw: Double) -> Quality? { Self.adcPlausibleCounts.contains(raw) ? nil : .suspect }

    private func clamped(_ value: Double, to range: ClosedRange<Double>) -> Double {
        min(max(value, range.lowerBound), range.upperBound)
    }

    private func rounded(_ value: Double, decimals: Int) -> Double {
        let scale = decimals == 1 ? 10.0 : 100.0
        return (value * scale).rounded() / scale
    }
}
