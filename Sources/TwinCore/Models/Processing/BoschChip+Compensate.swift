/// The compensation formulas of the BMP280 and the BME280, in the double-precision form of the data sheets.
///
/// Sources: Bosch Sensortec, BMP280 data sheet (BST-BMP280-DS001), sections 3.11.3, 3.12 (worked example) and 8.1
/// "Compensation formula in double precision floating point"; BME280 data sheet (BST-BME280-DS002), sections 4.2.3 and
/// 8.1.
extension BoschChip {
    /// What the chip can measure, in °C, hPa and %RH; a raw value in this range was compensated by the device.
    ///
    /// No measurement comes out as a register word this small: both converters count around 2¹⁹ (humidity 2¹⁵) there.
    static func physicalRange(of quantity: BoschQuantity) -> ClosedRange<Double> {
        switch quantity {
        case .temperature: -40...85
        case .pressure: 300...1100
        case .humidity: 0...100
        }
    }

    /// Register words are up to this, in counts: 20 bits, humidity 16.
    private static func largestWord(of quantity: BoschQuantity) -> Double {
        switch quantity {
        case .temperature, .pressure: 0xF_FFFF
        case .humidity: 0xFFFF
        }
    }

    /// What the registers hold when the measurement is switched off (BME280 data sheet, sections 5.4.7 to 5.4.9).
    private static func wordOfSkippedMeasurement(of quantity: BoschQuantity) -> Double {
        switch quantity {
        case .temperature, .pressure: 0x8_0000
        case .humidity: 0x8000
        }
    }

    /// A raw value in °C, hPa or %RH.
    ///
    /// Pressure and humidity need the temperature of the same moment: from its register word, else from a companion
    /// sensor of the same chip (whose processed value is the same number, rounded).
    func compensate(
        _ raw: Double, _ quantity: BoschQuantity, _ context: ProcessingContext
    ) -> Result<Double, ProcessingFailure> {
        if Self.physicalRange(of: quantity).contains(raw) { return .success(raw) }
        guard raw.isFinite else { return .failure(.notFinite) }
        guard let words = context.registers?.words else { return .failure(.missingRegisters) }
        guard raw >= 0, raw <= Self.largestWord(of: quantity) else { return .failure(.outsideDomain) }
        if raw == Self.wordOfSkippedMeasurement(of: quantity) { return .failure(.notMeasured) }
        switch quantity {
        case .temperature:
            guard let own = words.temperature else { return .failure(.missingRegisters) }
            return .success(own.fineTemperature(of: raw) / 5120)
        case .pressure:
            guard let own = words.pressure else { return .failure(.missingRegisters) }
            guard let fine = fineTemperature(context) else { return .failure(.missingTemperature) }
            return own.hectopascals(of: raw, fine).map(Result.success) ?? .failure(.outsideDomain)
        case .humidity:
            guard self == .bme280, let own = words.humidity else { return .failure(.missingRegisters) }
            guard let fine = fineTemperature(context) else { return .failure(.missingTemperature) }
            return .success(own.percent(of: raw, fine))
        }
    }

    /// `t_fine` of the data sheets: 5120ths of a degree.
    private func fineTemperature(_ context: ProcessingContext) -> Double? {
        if let raw = context.registers?.rawTemperature, let words = context.registers?.words?.temperature,
            (0...Self.largestWord(of: .temperature)).contains(raw),
            raw != Self.wordOfSkippedMeasurement(of: .temperature)
        {
            return words.fineTemperature(of: raw).rounded(.towardZero)
        }
        guard let celsius = context.celsius, Self.physicalRange(of: .temperature).contains(celsius) else { return nil }
        return (celsius * 5120).rounded(.towardZero)
    }
}

extension BoschWords.Temperature {
    fileprivate func fineTemperature(of word: Double) -> Double {
        let linear = (word / 16_384 - Double(t1) / 1024) * Double(t2)
        let root = word / 131_072 - Double(t1) / 8192
        return linear + root * root * Double(t3)
    }
}

extension BoschWords.Pressure {
    /// `nil` where the words make the formula divide by zero.
    fileprivate func hectopascals(of word: Double, _ fine: Double) -> Double? {
        var first = fine / 2 - 64_000
        var second = first * first * Double(p6) / 32_768
        second += first * Double(p5) * 2
        second = second / 4 + Double(p4) * 65_536
        first = (Double(p3) * first * first / 524_288 + Double(p2) * first) / 524_288
        first = (1 + first / 32_768) * Double(p1)
        guard first != 0 else { return nil }
        var pascals = 1_048_576 - word
        pascals = (pascals - second / 4096) * 6250 / first
        let square = Double(p9) * pascals * pascals / 2_147_483_648
        let line = pascals * Double(p8) / 32_768
        return (pascals + (square + line + Double(p7)) / 16) / 100
    }
}

extension BoschWords.Humidity {
    fileprivate func percent(of word: Double, _ fine: Double) -> Double {
        let shifted = fine - 76_800
        let raw = word - (Double(h4) * 64 + Double(h5) / 16_384 * shifted)
        let gain = 1 + Double(h6) / 67_108_864 * shifted * (1 + Double(h3) / 67_108_864 * shifted)
        let humidity = raw * (Double(h2) / 65_536 * gain)
        return min(max(humidity * (1 - Double(h1) * humidity / 524_288), 0), 100)
    }
}
