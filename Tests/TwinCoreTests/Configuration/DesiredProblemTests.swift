import Testing
import TwinCore

@Suite struct DesiredProblemTests {
    private static let wroom = Board(
        name: "esp32_wroom", pins: 0...39, reservedPins: [0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12],
        inputOnlyPins: [34, 35, 36, 39], analoguePins: [32, 33, 34, 35, 36, 39], i2cPins: [21, 22], oneWirePin: 4,
        pwmChannels: 2, maximumSensors: 20, maximumActuators: 12)

    private func problems(_ board: Board? = wroom, _ change: (inout Desired) -> Void) -> [String] {
        var desired = Desired.bench
        change(&desired)
        return desired.problems(board: board).map { problem in
            problem.path + (problem.conflict.map { " (\($0.rawValue))" } ?? "")
        }
    }

    private func key(_ gpio: Int, _ type: String, _ address: BusAddress = .none) -> SensorKey {
        SensorKey(gpio: .pin(gpio), type: type, address: address)
    }

    @Test func `a sound wish has no problems, on a known board or an unknown one`() {
        #expect(problems { _ in } == [])
        #expect(problems(nil) { _ in } == [])
        #expect(Desired().problems(board: Self.wroom) == [])
    }

    @Test func `names, numbers and words are held to what a device stores`() {
        #expect(
            problems { desired in
                desired.name = ""
                desired.sensors[.acid]?.name = ""
                desired.sensors[.probe]?.intervalSeconds = 301
                desired.actuators[.pin(26)]?.name = String(repeating: "ü", count: 33)
                desired.actuators[.pin(26)]?.type = "Pump!"
                desired.actuators[.pin(26)]?.defaultLevel = 256
                desired.actuators[.pin(26)]?.maximumRuntimeMilliseconds = 0
            } == [
                "actuators/26/default_level", "actuators/26/maximum_runtime_milliseconds", "actuators/26/name",
                "actuators/26/type", "name", "sensors/34:ph/name",
                "sensors/4:ds18b20:28AA11BB22CC33D4/interval_seconds",
            ])
    }

    @Test(arguments: [
        ("tent_a", true), ("TENT-1", true), ("", false), (String(repeating: "z", count: 33), false), ("tent a", false),
        ("zelt_ä", false),
    ])
    func `a zone's id is a short word`(id: String, isSound: Bool) {
        // An empty one is sound by itself, but subzones need a zone.
        #expect(problems { $0.zone?.id = id }.isEmpty == isSound)
    }

    @Test func `subzones need a zone, known pins, one owner a pin, and a place that sensors name`() {
        #expect(problems { $0.zone = nil } == ["subzones"])
        #expect(problems { $0.subzones["bench_1"]?.gpios.append(.pin(27)) } == ["subzones/bench_1/gpios"])
        #expect(problems { $0.subzones["b"] = SubzoneWish(gpios: [.pin(26)]) } == ["subzones/bench_1/gpios"])
        #expect(problems { $0.subzones["b-1"] = SubzoneWish() } == ["subzones/b-1"])
        #expect(problems { $0.actuators[.pin(26)]?.subzone = "nowhere" } == ["actuators/26/subzone"])
        #expect(problems { desired in for n in 0..<8 { desired.subzones["s\(n)"] = SubzoneWish() } } == ["subzones"])
    }

    @Test func `a temperature comes from another sensor of the wish`() {
        #expect(problems { $0.sensors[.acid]?.temperatureFrom = .probe } == [])
        #expect(problems { $0.sensors[.acid]?.temperatureFrom = .warmth } == ["sensors/34:ph/temperature_from"])
        #expect(problems { $0.sensors[.acid]?.temperatureFrom = .acid } == ["sensors/34:ph/temperature_from"])
    }

    @Test(arguments: [
        (40, "system"), (12, "system"), (34, "system"), (21, "system"), (4, "sensor"), (26, "actuator"), (0, "system"),
        (25, ""),
    ])
    func `an output gets a pin that exists, is free and can drive`(gpio: Int, conflict: String) {
        let found = problems { desired in
            if gpio == 26 {
                desired.actuators[.pin(25)] = ActuatorWish(type: "valve", name: "v", auxiliary: .pin(26))
            } else {
                desired.actuators[.pin(gpio)] = ActuatorWish(type: "pump", name: "p")
            }
        }
        #expect(found.contains { $0.hasSuffix("(\(conflict))") } == !conflict.isEmpty)
        #expect(found.isEmpty == conflict.isEmpty)
    }

    @Test func `a pin of an unknown board is only held to what every board lacks`() {
        #expect(problems(nil) { $0.actuators[.pin(12)] = ActuatorWish(type: "pump", name: "p") } == [])
        #expect(
            problems(nil) { $0.actuators[.pin(40)] = ActuatorWish(type: "pump", name: "p") }
                == ["actuators/40 (system)"])
        #expect(
            problems(nil) { $0.actuators[.pin(25)] = ActuatorWish(type: "valve", name: "p", auxiliary: .pin(25)) }
                == ["actuators/25/auxiliary (actuator)"])
    }

    @Test func `chips share the bus and a 1-Wire pin, and one chip has several values`() {
        #expect(
            problems { desired in
                for key in [
                    .warmth, .damp, key(0, "sht31_temp", .i2c(69)), key(0, "bmp280_pressure", .i2c(118)),
                    key(4, "ds18b20", .oneWire("28AA11BB22CC33D5")), key(17, "dht22_temp"), key(17, "dht22_humidity"),
                ] { desired.sensors[key] = SensorWish(name: "s") }
            } == [])
    }

    @Test(arguments: [
        (SensorKey(gpio: .pin(0), type: "bmp280_temp", address: .i2c(68)), "(sensor)"),
        (SensorKey(gpio: .pin(17), type: "sht31_temp", address: .i2c(69)), "(system)"),
        (SensorKey(gpio: .pin(0), type: "sht31_temp", address: .i2c(7)), "sht31_temp:7"),
        (SensorKey(gpio: .pin(0), type: "sht31_temp", address: .i2c(0x78)), "sht31_temp:120"),
        (SensorKey(gpio: .pin(0), type: "digital", address: .none), "(system)"),
        (SensorKey(gpio: .pin(25), type: "ec", address: .none), "(system)"),
        (SensorKey(gpio: .pin(34), type: "ec", address: .none), "(sensor)"),
        (SensorKey(gpio: .pin(4), type: "ds18b20", address: .none), "(sensor)"),
        (SensorKey(gpio: .pin(26), type: "flow", address: .none), "(actuator)"),
        (SensorKey(gpio: .pin(0), type: "vpd", address: .none), "sensors/0:vpd"),
    ])
    func `a sensor that cannot be where it is wished is refused with what is in the way`(key: SensorKey, end: String) {
        let found = problems { desired in
            desired.sensors[.warmth] = SensorWish(name: "w")
            desired.sensors[key] = SensorWish(name: "s")
        }
        #expect(found.contains { $0.hasSuffix(end) }, "\(found)")
    }

    @Test func `more than the board runs is too much, and far too much is not looked at in detail`() {
        #expect(
            problems { desired in
                for pin in [13, 14, 15] { desired.actuators[.pin(pin)] = ActuatorWish(type: "pwm", name: "fan") }
            } == ["actuators"])
        let many = problems { desired in
            for address in UInt8(8)..<120 {
                for type in ["sht31_a", "sht31_b", "sht31_c"] {
                    desired.sensors[key(0, type, .i2c(address))] = SensorWish(name: "")
                }
            }
        }
        #expect(many == ["sensors"])
    }
}
