import TwinCore
import TwinRuntime

extension DeviceID {
    /// A device with a pump on pin 26 and a dimmed fan on pin 25.
    static let first = DeviceID("ESP_7C19F2")!
    /// Another one.
    static let second = DeviceID("ESP_0D44A19C")!
}

extension GPIO {
    /// A pin that a test names.
    static func pin(_ number: Int) -> GPIO { GPIO(number)! }
}

extension UnixTime {
    /// The message fixtures' `now`.
    static let fixtureNow = UnixTime(milliseconds: 1_777_600_000_000)
}

extension RuntimeOptions {
    /// Whoever speaks takes part, and nobody is told what raw values were processed to.
    static let quiet = RuntimeOptions(approval: .automatic, tellsProcessed: false)
}

extension Catalogue {
    /// The kinds that the runtime's tests use, as `twins/kinds` has them.
    static let usual = Catalogue(
        sensorKinds: [
            SensorKind(
                name: "ds18b20", aliases: ["temperature_ds18b20"], unit: "°C", range: -55...125,
                processing: Processing(
                    [
                        .fault(raw: -2032, .error, code: 1060), .fault(raw: 1360, .suspect, code: 1061),
                        .linear(scale: 0.0625, offset: 0), .offset, .round(decimals: 2),
                    ], quality: [QualityRule(.good, .within(-10...85)), QualityRule(.fair, .otherwise)]),
                staleAfterSeconds: 180),
            SensorKind(
                name: "sht31_humidity", aliases: [], unit: "%RH", range: 0...100,
                processing: Processing(
                    [.linear(scale: 100.0 / 65535, offset: 0), .clamp(0...100), .round(decimals: 1)],
                    quality: [QualityRule(.good, .within(20...80)), QualityRule(.fair, .otherwise)]),
                staleAfterSeconds: 180),
            SensorKind(
                name: "ph", aliases: [], unit: "pH", range: 0...14,
                processing: Processing(
                    [
                        .rail(below: 50, above: 4045), .adc(fullScaleCounts: 4095, fullScaleVolts: 3.3),
                        .calibrated(slope: -3.5, offset: 12.25), .clamp(0...14), .round(decimals: 2),
                    ], quality: [QualityRule(.fair, .within(4...10)), QualityRule(.poor, .otherwise)]),
                staleAfterSeconds: nil),
            SensorKind(
                name: "moisture", aliases: [], unit: "%", range: 0...100,
                processing: Processing(
                    [
                        .rail(below: 50, above: 4045), .calibrated(slope: -100.0 / 1700, offset: 3200.0 / 17),
                        .clamp(0...100), .round(decimals: 1),
                    ], quality: [QualityRule(.good, .within(20...80)), QualityRule(.fair, .otherwise)]),
                staleAfterSeconds: 300),
        ],
        actuatorKinds: ["pump", "relay", "valve", "pwm"].map { name in
            ActuatorKind(
                name: name, semantics: name == "pwm" ? .pwm : name == "valve" ? .position : .digital,
                limits: ActuatorLimits(defaultLeaseSeconds: 60, maxOnSeconds: 3600, minOffSeconds: 0))
        })
}
