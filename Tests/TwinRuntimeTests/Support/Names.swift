import TwinCore

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

extension Catalogue {
    /// The kinds of the first version.
    static let usual = Catalogue(
        sensorKinds: [
            SensorKind(
                name: "ds18b20", aliases: ["temperature_ds18b20"], unit: "°C", range: -55...125, conversion: .ds18b20,
                staleAfterSeconds: 180),
            SensorKind(
                name: "sht31_humidity", aliases: [], unit: "%RH", range: 0...100, conversion: .sht31Humidity,
                staleAfterSeconds: 180),
            SensorKind(name: "ph", aliases: [], unit: "pH", range: 0...14, conversion: .ph, staleAfterSeconds: nil),
            SensorKind(
                name: "moisture", aliases: [], unit: "%", range: 0...100, conversion: .moisture, staleAfterSeconds: 300),
        ],
        actuatorKinds: ["pump", "relay", "valve", "pwm"].map { name in
            ActuatorKind(
                name: name, semantics: name == "pwm" ? .pwm : name == "valve" ? .position : .digital,
                defaultLeaseSeconds: 60, maxOnSeconds: 3600, minOffSeconds: 0)
        })
}
