import TwinCore

extension SensorKind {
    /// A DS18B20, as `twins/kinds` has it.
    static let ds18b20 = SensorKind(
        name: "ds18b20", aliases: ["temperature_ds18b20"], unit: "°C", range: -55...125,
        processing: Processing(
            [
                .fault(raw: -2032, .error, code: 1060), .fault(raw: 1360, .suspect, code: 1061),
                .linear(scale: 0.0625, offset: 0), .offset, .round(decimals: 2),
                .outside(-55...125, .error, code: 1062),
            ], quality: [QualityRule(.good, .within(-10...85)), QualityRule(.fair, .otherwise)]),
        staleAfterSeconds: 180, calibration: CalibrationRule(methods: [.offset]), version: 0xD518_B020)

    /// An SHT31's temperature.
    static let sht31Temperature = SensorKind(
        name: "sht31_temp", unit: "°C", range: -40...125,
        processing: Processing(
            [.linear(scale: 175.0 / 65535, offset: -45), .offset, .round(decimals: 1)],
            quality: [QualityRule(.good, .within(0...65)), QualityRule(.fair, .otherwise)]),
        staleAfterSeconds: 180, chip: ChipMember(chip: "sht31", member: "temperature", half: .low),
        calibration: CalibrationRule(methods: [.offset]), version: 0x5431)

    /// An SHT31's humidity.
    static let sht31Humidity = SensorKind(
        name: "sht31_humidity", unit: "%RH", range: 0...100,
        processing: Processing(
            [.linear(scale: 100.0 / 65535, offset: 0), .offset, .clamp(0...100), .round(decimals: 1)],
            quality: [
                QualityRule(.poor, .below(5)), QualityRule(.poor, .above(95)), QualityRule(.good, .within(20...80)),
                QualityRule(.fair, .otherwise),
            ]),
        staleAfterSeconds: 180, chip: ChipMember(chip: "sht31", member: "humidity", half: .high), version: 0x5432)

    /// A pH probe behind an amplifier.
    static let ph = SensorKind(
        name: "ph", unit: "pH", range: 0...14,
        processing: Processing(
            [
                .rail(below: 50, above: 4045), .adc(fullScaleCounts: 4095, fullScaleVolts: 3.3),
                .calibrated(slope: -3.5, offset: 12.25), .temperatureCompensation(.ph, referenceCelsius: 25),
                .clamp(0...14), .round(decimals: 2),
            ],
            quality: [
                QualityRule(.good, .within(3...11), needsCalibration: true),
                QualityRule(.fair, .otherwise, needsCalibration: true), QualityRule(.fair, .within(4...10)),
                QualityRule(.poor, .otherwise),
            ]),
        staleAfterSeconds: nil,
        calibration: CalibrationRule(methods: [.ph, .linear], validDays: 30, amplifierGain: 3), version: 0xAC1D)

    /// A conductivity probe behind an amplifier.
    static let ec = SensorKind(
        name: "ec", unit: "µS/cm", range: 0...20_000,
        processing: Processing(
            [
                .rail(below: 50, above: 4045), .adc(fullScaleCounts: 4095, fullScaleVolts: 3.3),
                .calibrated(slope: 6060, offset: 0), .temperatureCompensation(.ec, referenceCelsius: 25),
                .clamp(0...20_000), .round(decimals: 1),
            ],
            quality: [
                QualityRule(.good, .within(100...15_000), needsCalibration: true),
                QualityRule(.fair, .otherwise, needsCalibration: true), QualityRule(.fair, .within(100...15_000)),
                QualityRule(.poor, .otherwise),
            ]),
        staleAfterSeconds: nil,
        calibration: CalibrationRule(methods: [.ecOnePoint, .ecTwoPoint, .linear], validDays: 30), version: 0xEC)

    /// A capacitive moisture probe.
    static let moisture = SensorKind(
        name: "moisture", unit: "%", range: 0...100,
        processing: Processing(
            [
                .rail(below: 50, above: 4045), .calibrated(slope: -100.0 / 1700, offset: 3200.0 / 17), .clamp(0...100),
                .round(decimals: 1),
            ],
            quality: [
                QualityRule(.poor, .below(10)), QualityRule(.poor, .above(95)), QualityRule(.good, .within(20...80)),
                QualityRule(.fair, .otherwise),
            ]),
        staleAfterSeconds: 300, calibration: CalibrationRule(methods: [.moisture], validDays: 90), version: 0x501)

    /// A BME280's value, with the steps its file has.
    static func bosch(_ chip: BoschChip, _ quantity: BoschQuantity) -> SensorKind {
        let (unit, range): (String, ClosedRange<Double>) =
            switch quantity {
            case .temperature: ("°C", -40...85)
            case .pressure: ("hPa", 300...1100)
            case .humidity: ("%RH", 0...100)
            }
        return SensorKind(
            name: "\(chip.rawValue)_\(quantity.rawValue)", unit: unit, range: range,
            processing: Processing([.bosch(chip, quantity), .offset, .round(decimals: 2)]), staleAfterSeconds: 180,
            chip: ChipMember(chip: chip.rawValue, member: quantity.rawValue), version: 0xB05C)
    }

    /// The vapour-pressure deficit of SHT31s.
    static let vpd = SensorKind(
        name: "vpd", unit: "kPa", range: 0...48,
        processing: Processing([.vapourPressureDeficit(celsius: -40...80), .round(decimals: 4)]),
        staleAfterSeconds: 180, interface: .virtual,
        inputs: VirtualInputs(
            pairs: [VirtualInputs.Pair(temperature: "sht31_temp", humidity: "sht31_humidity")], withinSeconds: 60),
        version: 0x7D)
}
