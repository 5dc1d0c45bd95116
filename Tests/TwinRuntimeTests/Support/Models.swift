import TwinCore

extension Catalogue {
    /// The usual kinds, and those that need each other: a chip of two, what is computed of it, a companion's
    /// temperature, a calibration, and a formula that may fail.
    static let models = Catalogue(
        sensorKinds: [.chipTemperature, .chipHumidity, .deficit, .acidity, .tank, .fragile]
            + usual.sensorKinds.filter { $0.name == "ds18b20" }, actuatorKinds: usual.actuatorKinds, digest: "models-1")
}

extension SensorKind {
    /// An SHT31's temperature, which is the low half of a packed word.
    static let chipTemperature = SensorKind(
        name: "sht31_temp", unit: "°C", range: -40...125,
        processing: Processing(
            [.linear(scale: 175.0 / 65535, offset: -45), .round(decimals: 1)], quality: [QualityRule(.good, .otherwise)]
        ), staleAfterSeconds: 180, chip: ChipMember(chip: "sht31", member: "temperature", half: .low))
    /// Its relative humidity, the high half.
    static let chipHumidity = SensorKind(
        name: "sht31_humidity", unit: "%RH", range: 0...100,
        processing: Processing(
            [.linear(scale: 100.0 / 65535, offset: 0), .round(decimals: 1)], quality: [QualityRule(.good, .otherwise)]),
        staleAfterSeconds: 180, chip: ChipMember(chip: "sht31", member: "humidity", half: .high))
    /// What both together say of the air.
    static let deficit = SensorKind(
        name: "vpd", unit: "kPa", range: 0...48,
        processing: Processing([.vapourPressureDeficit(celsius: -40...80), .round(decimals: 4)]),
        staleAfterSeconds: 180, interface: .virtual,
        inputs: VirtualInputs(
            pairs: [VirtualInputs.Pair(temperature: "sht31_temp", humidity: "sht31_humidity")], withinSeconds: 60))
    /// A pH probe whose slope follows the temperature of the only thermometer, or of the one that is named.
    static let acidity = SensorKind(
        name: "ph", unit: "pH", range: 0...14,
        processing: Processing([
            .adc(fullScaleCounts: 4095, fullScaleVolts: 3.3), .calibrated(slope: -3.5, offset: 12.25),
            .temperatureCompensation(.ph, referenceCelsius: 25), .round(decimals: 2),
        ]), staleAfterSeconds: nil, calibration: CalibrationRule(methods: [.linear]),
        companion: CompanionRule(kinds: ["ds18b20"], scope: .device, maximumAgeSeconds: 600), version: 3)
    /// A level whose zero is shifted.
    static let tank = SensorKind(
        name: "tank", unit: "cm", range: -1000...1000, processing: Processing([.offset, .round(decimals: 1)]),
        staleAfterSeconds: 180, calibration: CalibrationRule(methods: [.offset]), version: 7)
    /// A formula that has no result but for 0.
    static let fragile = SensorKind(
        name: "fragile", unit: "V", range: -1...1,
        processing: Processing([.linear(scale: 1e300, offset: 0), .linear(scale: 1e300, offset: 0)]),
        staleAfterSeconds: 180)
}

extension SensorKey {
    /// The key of a sensor on a pin of its own.
    static func on(_ gpio: Int, _ type: String) -> SensorKey {
        SensorKey(gpio: .pin(gpio), type: type, address: .none)
    }
}
