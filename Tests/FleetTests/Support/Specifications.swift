import Fleet
import TwinCore

extension GPIO {
    /// A pin that a test names.
    static func pin(_ number: Int) -> GPIO {
        guard let gpio = GPIO(number) else { preconditionFailure("\(number) is no pin") }
        return gpio
    }
}

extension DeviceID {
    /// A device that a test names.
    static func named(_ name: String) -> DeviceID {
        guard let id = DeviceID(name) else { preconditionFailure("\(name) is no device id") }
        return id
    }
}

extension DeviceSpecification {
    /// One of each: four drivers, five chips.
    ///
    /// Its name and pins are those of the message fixtures.
    static let bench = DeviceSpecification(
        id: .named("ESP_7C19F2"), zone: "tent_a", masterZone: "site_1",
        sensors: [
            SensorSpecification(
                gpio: .pin(4), chip: .ds18b20, subzone: "bench_1", address: .oneWire("28AA11BB22CC33D4")),
            SensorSpecification(gpio: .pin(0), chip: .sht31, intervalSeconds: 20, address: .i2c(68)),
            SensorSpecification(gpio: .pin(34), chip: .ph),
            SensorSpecification(gpio: .pin(35), chip: .ec),
            SensorSpecification(gpio: .pin(32), chip: .moisture, intervalSeconds: 60),
        ],
        actuators: [
            ActuatorSpecification(gpio: .pin(25), kind: .pwm, effect: .ventilation),
            ActuatorSpecification(gpio: .pin(26), kind: .pump, effect: .irrigation),
            ActuatorSpecification(gpio: .pin(27), kind: .valve),
            ActuatorSpecification(gpio: .pin(14), kind: .relay, effect: .heating, maxRuntimeSeconds: 600),
        ])

    /// One pump and nothing else.
    static let pump = DeviceSpecification(
        id: .named("ESP_0D44A19C"), zone: "tent_a",
        actuators: [ActuatorSpecification(gpio: .pin(26), kind: .pump, effect: .irrigation)])

    /// The same device with tokens for both kinds of stop.
    var withTokens: Self {
        var device = self
        device.emergencyToken = "t0ken"
        device.broadcastToken = "every0ne"
        return device
    }

    /// The same device with a personality.
    func with(_ change: (inout Personality) -> Void) -> Self {
        var device = self
        change(&device.personality)
        return device
    }
}

/// Leads a dialogue with a device that is registered and whose first words were heard.
func registered(
    _ specification: DeviceSpecification = .bench, hiding hidden: [String] = Dialogue.chatter,
    _ script: (DeviceSide, ServerSide) -> Void
) {
    dialogue(specification, hiding: hidden) { device, server in
        device.connects()
        server.acknowledges()
        device.mumbles()
        script(device, server)
    }
}
