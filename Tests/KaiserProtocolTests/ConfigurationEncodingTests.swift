import KaiserProtocol
import Testing
import TwinCore

@Suite struct ConfigurationEncodingTests {
    private static let address = DeviceAddress(kaiser: KaiserID("kaiser_02")!, device: DeviceID("ESP_7C19F2")!)
    private static let prefix = "kaiser/kaiser_02/esp/ESP_7C19F2/"

    private func message(_ id: String, _ order: ConfigurationStep.Order) -> OutboundMessage {
        let step = ConfigurationStep(
            id: CommandID(id), issuedAt: UnixTime(milliseconds: 1_777_600_000_250), order: order)
        return KaiserEncoder.encode(.configure(Self.address, step))
    }

    private func text(_ message: OutboundMessage) -> String { String(decoding: message.payload, as: UTF8.self) }

    private func key(_ gpio: Int, _ type: String, _ address: BusAddress = .none) -> SensorKey {
        SensorKey(gpio: GPIO(gpio)!, type: type, address: address)
    }

    @Test func `a push says every member of its items, and nothing of a section it leaves alone`() {
        let push = ConfigurationPush(
            sensors: [
                ConfigurationPush.SensorItem(
                    key: key(4, "ds18b20", .oneWire("28AA11BB22CC33D4")),
                    wish: SensorWish(name: "bench \"probe\"", subzone: "bench_1"), isActive: true)
            ],
            actuators: [
                ConfigurationPush.ActuatorItem(
                    gpio: GPIO(26)!,
                    wish: ActuatorWish(
                        type: "digital", wireType: "relay", name: "drip", auxiliary: GPIO(27)!,
                        maximumRuntimeMilliseconds: 600_000),
                    isActive: false)
            ], generation: 1_777_600_000)
        let sent = message("cfg-51", .push(push))
        #expect(sent.topic == Self.prefix + "config")
        #expect(sent.qos == 2 && !sent.isRetained && sent.expirySeconds == 60)
        #expect(
            text(sent) == """
                {"sensors":[{"gpio":4,"sensor_type":"ds18b20","sensor_name":"bench \\"probe\\"",\
                "subzone_id":"bench_1","active":true,"sample_interval_ms":30000,"raw_mode":true,\
                "operating_mode":"continuous","measurement_interval_seconds":30,"interface_type":"ONEWIRE",\
                "onewire_address":"28AA11BB22CC33D4","i2c_address":0}],"actuators":[{"gpio":26,\
                "actuator_type":"relay","actuator_name":"drip","subzone_id":"","active":false,"aux_gpio":27,\
                "critical":false,"inverted_logic":false,"default_state":false,"default_pwm":0,\
                "max_runtime_ms":600000}],"correlation_id":"cfg-51","intent_id":"cfg-51","generation":1777600000,\
                "config_fingerprint":"\(push.fingerprint)","timestamp":1777600000}
                """)
        let onlyActuators = message("cfg-52", .push(ConfigurationPush(actuators: push.actuators, generation: 2)))
        #expect(text(onlyActuators).hasPrefix("{\"actuators\":[{\"gpio\":26,"))
    }

    @Test func `whoever is told to run an output forgets its offline rules`() {
        let item = ConfigurationPush.ActuatorItem(
            gpio: GPIO(26)!, wish: ActuatorWish(type: "pump", name: "drip"), isActive: true)
        let sent = text(message("cfg-53", .push(ConfigurationPush(actuators: [item], generation: 2))))
        #expect(sent.contains("\"max_runtime_ms\":3600000}],\"offline_rules\":[],\"correlation_id\":\"cfg-53\","))
    }

    @Test(arguments: [
        (34, "ph", BusAddress.none, "ANALOG", 0, ""), (0, "sht31_temp", .i2c(68), "I2C", 68, ""),
        (0, "bh1750", .none, "I2C", 0, ""), (4, "ds18b20", .none, "ONEWIRE", 0, ""),
        (4, "ds18b20", .oneWire("28AA11BB22CC33D4"), "ONEWIRE", 0, "28AA11BB22CC33D4"),
        (17, "flow", .none, "DIGITAL", 0, ""),
    ])
    func `a sensor is wired as its address or its kind says`(
        gpio: Int, type: String, address: BusAddress, interface: String, i2c: Int, rom: String
    ) {
        let item = ConfigurationPush.SensorItem(
            key: key(gpio, type, address), wish: SensorWish(name: "x"), isActive: true)
        let sent = text(message("cfg-1", .push(ConfigurationPush(sensors: [item], generation: 1))))
        #expect(
            sent.contains(
                "\"interface_type\":\"\(interface)\",\"onewire_address\":\"\(rom)\",\"i2c_address\":\(i2c)}"))
    }

    @Test func `a zone is assigned, and taken back with an empty id`() {
        let sent = message("z-7", .zone(ZoneWish(id: "tent_a", masterID: "site_1", name: "Tent A")))
        #expect(sent.topic == Self.prefix + "zone/assign")
        #expect(sent.qos == 1 && !sent.isRetained && sent.expirySeconds == 60)
        #expect(
            text(sent) == """
                {"zone_id":"tent_a","master_zone_id":"site_1","zone_name":"Tent A","kaiser_id":"kaiser_02",\
                "timestamp":1777600000,"correlation_id":"z-7"}
                """)
        #expect(
            text(message("z-8", .zone(ZoneWish(id: "")))) == """
                {"zone_id":"","master_zone_id":"","zone_name":"","kaiser_id":"kaiser_02",\
                "timestamp":1777600000,"correlation_id":"z-8"}
                """)
    }

    @Test func `a subzone is assigned with its pins and removed by its id`() {
        let assignment = SubzoneAssignment(
            subzone: "bench_1", wish: SubzoneWish(name: "Bench 1", gpios: [GPIO(4)!, GPIO(26)!]),
            parentZone: "tent_a", sensorCount: 1, actuatorCount: 1)
        let assigned = message("sz-9", .subzone(assignment))
        #expect(assigned.topic == Self.prefix + "subzone/assign")
        #expect(assigned.qos == 1 && !assigned.isRetained && assigned.expirySeconds == 60)
        #expect(
            text(assigned) == """
                {"subzone_id":"bench_1","subzone_name":"Bench 1","parent_zone_id":"tent_a","assigned_gpios":[4,26],\
                "safe_mode_active":true,"sensor_count":1,"actuator_count":1,"timestamp":1777600000,\
                "correlation_id":"sz-9"}
                """)
        let removed = message("sz-10", .subzoneRemoval("bench_1", assignment.wish))
        #expect(removed.topic == Self.prefix + "subzone/remove" && removed.qos == 1)
        #expect(
            text(removed) == """
                {"subzone_id":"bench_1","reason":"manual","timestamp":1777600000,"correlation_id":"sz-10"}
                """)
    }

    /// Names as long as they may be, and of the bytes that JSON writes longest; then some that were never judged.
    private static let names = [
        "x", String(repeating: "\u{1}", count: 64), String(repeating: "\"", count: 64),
        String(repeating: "ü", count: 32), String(repeating: "\u{7F}", count: 5000),
    ]

    @Test(arguments: names)
    func `an item never takes more bytes than the core reckons with`(name: String) {
        let id = String(repeating: "c", count: CommandID.maximumLength)
        let word = String(repeating: "w", count: name.utf8.count > 64 ? 500 : 32)
        let envelope = text(message(id, .push(ConfigurationPush(generation: .max)))).utf8.count
        let sensor = ConfigurationPush.SensorItem(
            key: key(48, word, .oneWire("28AA11BB22CC33D4")),
            wish: SensorWish(
                name: name, subzone: word, mode: .continuous, intervalSeconds: 300, isRaw: false),
            isActive: false)
        let withSensor = text(message(id, .push(ConfigurationPush(sensors: [sensor], generation: .max)))).utf8.count
        #expect(withSensor - envelope <= sensor.maximumWireBytes + 14, "14 bytes name the section")
        let actuator = ConfigurationPush.ActuatorItem(
            gpio: GPIO(48)!,
            wish: ActuatorWish(
                type: word, name: name, subzone: word, auxiliary: GPIO(48)!, defaultLevel: 255,
                maximumRuntimeMilliseconds: 86_400_000),
            isActive: false)
        let withActuator =
            text(message(id, .push(ConfigurationPush(actuators: [actuator], generation: .max)))).utf8.count
        #expect(withActuator - envelope <= actuator.maximumWireBytes + 16, "16 bytes name the section")
        #expect(envelope + 14 + 16 + 20 + 10 <= ConfigurationPush.envelopeBytes, "20 for no rules, 10 for a later time")
        // What the bound wastes keeps items out of a push for nothing.
        #expect(sensor.maximumWireBytes - (withSensor - envelope) < 64)
        #expect(actuator.maximumWireBytes - (withActuator - envelope) < 64)
    }

    @Test(arguments: names)
    func `the pushes of a full device fit, and hold everything`(name: String) {
        var state = ConfigurationState()
        var desired = Desired()
        for pin in 0..<20 { desired.sensors[key(pin, "flow")] = SensorWish(name: name) }
        for pin in 20..<32 { desired.actuators[GPIO(pin)!] = ActuatorWish(type: "pump", name: name) }
        let moment = Moment(time: UnixTime(milliseconds: 1_777_600_000_250), uptime: Uptime(milliseconds: 0))
        func take(_ decision: ConfigurationDecision) {
            for event in decision.events { state.apply(event, at: moment) }
        }
        take(state.decide(on: desired, by: "user:mara", revision: 1, validUntil: nil, at: moment))
        var pushes = 0
        while pushes < 40 {
            let decision = state.decideOnTime(mayTell: true, revision: UInt64(pushes), at: moment)
            take(decision)
            guard let step = decision.steps.first else { break }
            #expect(
                KaiserEncoder.encode(.configure(Self.address, step)).payload.count <= ConfigurationPush.maximumBytes)
            pushes += 1
            take(ConfigurationDecision(events: [.applied(step.paths), .stepEnded(step.id, .answered)]))
        }
        #expect(state.reported == desired)
        #expect(name == "x" ? pushes == 3 : pushes <= 8)
    }

    @Test func `what is sent is known as our own when it comes back`() throws {
        let orders: [ConfigurationStep.Order] = [
            .push(ConfigurationPush(generation: 1)), .zone(ZoneWish(id: "tent_a")),
            .subzoneRemoval("bench_1", SubzoneWish()),
        ]
        for order in orders {
            let sent = message("x-1", order)
            guard case .order = try decode(bytes: Array(sent.topic.utf8), sent.payload) else {
                Issue.record("\(sent.topic) is not known")
                continue
            }
        }
    }
}
