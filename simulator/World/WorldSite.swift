import TwinCore

/// The site of every world: limits so short that they bite within a minute, and rules across its first two devices.
///
/// The oracle has a table of its own (``OracleRules/today``); neither is made from the other.
enum WorldSite {
    /// The output that asks for a second person: on the second device.
    static let hazardous = WorldOutput(device: 1, gpio: 33)
    /// What a subzone of these worlds is called.
    static let subzone = "bench_1"

    /// What the runtime knows of kinds and of these devices.
    static func catalogue(_ devices: [DeviceID]) -> Catalogue {
        Catalogue(
            sensorKinds: sensorKinds, actuatorKinds: ["pump", "relay", "valve", "pwm"].map(actuatorKind),
            sites: devices.count < 2 ? [] : [site(devices[0], devices[1])])
    }

    private static let sensorKinds = [
        SensorKind(
            name: "ds18b20", aliases: [], unit: "°C", range: -55...125,
            processing: Processing([.linear(scale: 0.0625, offset: 0), .round(decimals: 2)]),
            staleAfterSeconds: 180),
        SensorKind(
            name: "sht31_temp", aliases: [], unit: "°C", range: -40...125,
            processing: Processing([.linear(scale: 175.0 / 65535, offset: -45), .round(decimals: 1)]),
            staleAfterSeconds: 180),
    ]

    private static func actuatorKind(_ name: String) -> ActuatorKind {
        ActuatorKind(
            name: name, semantics: name == "pwm" ? .pwm : name == "valve" ? .position : .digital,
            limits: ActuatorLimits(
                defaultLeaseSeconds: 15, maxOnSeconds: 25, minOffSeconds: 2, startsPerHour: name == "pump" ? 3 : 12))
    }

    private static func site(_ first: DeviceID, _ second: DeviceID) -> Site {
        func output(_ device: DeviceID, _ gpio: Int) -> OutputAddress {
            OutputAddress(device: device, gpio: World.pin(gpio))
        }
        let own = SensorGuard(
            sensor: SensorReference(type: "sht31_temp", gpio: World.pin(0)), range: -40...20, maxAgeSeconds: 40)
        let others = SensorGuard(
            sensor: SensorReference(device: first, type: "ds18b20", gpio: World.pin(4)), range: 18.5...125,
            maxAgeSeconds: 30)
        return Site(
            name: "world",
            devices: [
                first: DeviceOverride(actuators: [World.pin(27): ActuatorOverride(guards: [own])]),
                second: DeviceOverride(actuators: [
                    World.pin(27): ActuatorOverride(guards: [others]),
                    World.pin(hazardous.gpio): ActuatorOverride(hazard: .secondPerson),
                ]),
            ],
            interlocks: [
                Interlock(name: "pumps", rule: .exclusive, members: [output(first, 26), output(second, 26)]),
                Interlock(name: "fan", rule: .requires, members: [output(first, 25), output(second, 25)]),
                Interlock(name: "valves", rule: .ordered, members: [output(first, 33), output(second, 27)]),
            ],
            budgets: [
                Budget(
                    name: "supply",
                    members: [output(first, 27), output(first, 33), output(second, 25), output(second, 33)], atOnce: 2)
            ])
    }
}
