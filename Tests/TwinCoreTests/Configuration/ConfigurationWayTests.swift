import Testing
import TwinCore

/// The way of a wish to a device that does as it is told.
@Suite struct ConfigurationWayTests {
    @Test func `a whole wish is told zone first, then parts, then subzones, one step at a time`() {
        var device = Configured()
        #expect(
            device.wish(at: 0) { $0 = .bench } == [
                "wished zone sensors/34:ph sensors/4:ds18b20:28AA11BB22CC33D4 actuators/26 subzones/bench_1"
            ])
        #expect(device.tick(at: 0) == ["z-1 says zone", "-> z-1"])
        #expect(device.tick(at: 10) == [])
        #expect(device.zone(.assigned, "tent_a", at: 20) == ["applied zone", "z-1 answered"])
        #expect(
            device.tick(at: 30) == [
                "cfg-4 says sensors/34:ph sensors/4:ds18b20:28AA11BB22CC33D4 actuators/26", "-> cfg-4",
            ])
        #expect(device.outcome(.accepted, at: 35) == ["cfg-4 accepted"])
        #expect(device[.actuator(.pin(26))] == .accepted)
        #expect(
            device.answer(.sensor, count: 2, at: 40) == ["applied sensors/34:ph sensors/4:ds18b20:28AA11BB22CC33D4"])
        #expect(device.tick(at: 45) == [])
        #expect(device.answer(.actuator, count: 1, at: 50) == ["applied actuators/26", "cfg-4 answered"])
        #expect(device.tick(at: 60) == ["sz-9 says subzones/bench_1", "-> sz-9"])
        #expect(device.subzone(.assigned, "bench_1", at: 70) == ["applied subzones/bench_1", "sz-9 answered"])
        #expect(device.state.reported == .bench)
        #expect(device.state.delta.isEmpty && device.deadline == nil)
    }

    @Test func `nothing is told twice, and nothing that the device holds already`() {
        var device = Configured.holding(.bench)
        #expect(device.wish(at: 100) { $0 = .bench } == [])
        #expect(device.wish(touched: [.zone], at: 100) { $0 = .bench } == [])
        #expect(device.tick(at: 1_000_000) == [])
        var found = Configured()
        _ = found.beat(zone: "Tent_A", master: "site_1", at: 0)
        #expect(found.wish(at: 1) { $0.zone = ZoneWish(id: "TENT_A") } == ["wished zone"])
        #expect(found[.zone] == .applied)
        #expect(found.tick(at: 2) == [])
    }

    @Test func `what only the server knows is applied at once`() {
        var device = Configured.holding(.parts)
        _ = device.wish(at: 100) { desired in
            desired.name = "Bench"
            desired.board = "esp32_wroom"
            desired.sensors[.acid]?.temperatureFrom = .probe
        }
        #expect(device[.name] == .applied && device[.board] == .applied && device[.sensor(.acid)] == .applied)
        #expect(device.state.reported == device.state.desired)
        #expect(device.tick(at: 100) == [])
        _ = device.wish(at: 200) { $0.name = nil }
        #expect(device[.name] == nil && device.state.reported.name == nil)
    }

    @Test func `a push holds only what changed`() {
        var device = Configured.holding(.parts)
        _ = device.wish(at: 100) { desired in
            desired.sensors[.acid]?.intervalSeconds = 60
            desired.actuators[.pin(27)] = nil
            desired.actuators[.pin(25)] = ActuatorWish(type: "pwm", name: "fan")
        }
        let (step, lines) = (device.said?.id.description, device.tick(at: 100))
        #expect(step != device.said?.id.description)
        #expect(lines.first?.hasSuffix("says sensors/34:ph actuators/27 actuators/25") == true)
        guard case .push(let push) = device.said?.order else { Issue.record("no push"); return }
        #expect(push.actuators.map(\.isActive) == [false, true])
        #expect(push.actuators.first?.wish.name == "lamp", "a removal says how it was")
        _ = device.answer(.sensor, at: 110)
        _ = device.answer(.actuator, at: 110)
        #expect(device.state.reported == device.state.desired)
        #expect(device[.actuator(.pin(27))] == nil, "what is neither wished nor held is forgotten")
    }

    @Test func `a pin changes hands in two pushes`() {
        var device = Configured.holding(.parts)
        _ = device.wish(at: 100) { desired in
            desired.actuators[.pin(27)] = nil
            desired.sensors[SensorKey(gpio: .pin(27), type: "flow", address: .none)] = SensorWish(name: "flow")
        }
        #expect(device.tick(at: 100).first?.hasSuffix("says actuators/27") == true)
        _ = device.answer(.actuator, at: 110)
        #expect(device.tick(at: 120).first?.hasSuffix("says sensors/27:flow") == true)
    }

    @Test
    func `a zone that is wished away is taken from the device with its subzones, one that was never wished stays`() {
        var device = Configured.holding(.bench)
        _ = device.wish(at: 100) { desired in
            desired.zone = nil
            desired.subzones = [:]
        }
        #expect(device.tick(at: 100).last?.hasPrefix("-> z-") == true)
        guard case .zone(let wish) = device.said?.order else { Issue.record("no zone"); return }
        #expect(wish.id.isEmpty)
        _ = device.zone(.removed, at: 110)
        #expect(device.tick(at: 120) == [], "a device without a zone has no subzones")
        #expect(device.state.reported.zone?.id == "" && device[.zone] == nil)
        var found = Configured()
        _ = found.beat(zone: "elsewhere", at: 0)
        _ = found.wish(touched: [.zone], at: 10) { $0.name = "Found" }
        #expect(found.tick(at: 20) == [])
    }

    @Test func `another zone asks for the subzones again, and for the removal of those left there`() {
        var device = Configured.holding(.bench)
        _ = device.wish(at: 100) { $0.zone = ZoneWish(id: "tent_b") }
        _ = device.tick(at: 100)
        _ = device.zone(.assigned, "tent_b", at: 110)
        #expect(device.tick(at: 120).first?.hasSuffix("says subzones/bench_1") == true)
        guard case .subzone(let assignment) = device.said?.order else { Issue.record("no subzone"); return }
        #expect(assignment.parentZone == "tent_b" && assignment.sensorCount == 1 && assignment.actuatorCount == 1)
        _ = device.subzone(.assigned, "bench_1", isNamed: false, at: 130)
        _ = device.wish(at: 200) { desired in
            desired.zone = ZoneWish(id: "tent_c")
            desired.subzones = [:]
        }
        _ = device.tick(at: 200)
        _ = device.zone(.assigned, "tent_c", at: 210)
        #expect(device.tick(at: 220).first?.hasSuffix("says subzones/bench_1") == true)
        #expect(device.subzone(.error, "bench_1", code: 2503, at: 230).first == "applied subzones/bench_1")
        #expect(device.state.properties.keys.sorted() == device.state.desired.pathsInOrder)
    }

    @Test func `a full device is told in several pushes, each with its own digest and a higher generation`() {
        let name = String(repeating: "\u{1}", count: 64)
        var device = Configured()
        _ = device.wish(at: 0) { desired in
            for pin in 13..<25 { desired.actuators[.pin(pin)] = ActuatorWish(type: "pump", name: name) }
        }
        var pushes: [ConfigurationPush] = []
        for _ in 0..<12 {
            _ = device.tick(at: 0)
            guard case .push(let push) = device.state.step?.step.order else { break }
            let bytes = push.actuators.reduce(ConfigurationPush.envelopeBytes) { $0 + $1.maximumWireBytes }
            #expect(bytes <= ConfigurationPush.maximumBytes)
            pushes.append(push)
            _ = device.answer(.actuator, at: 0)
        }
        #expect(pushes.map(\.actuators.count) == [6, 6])
        #expect(Set(pushes.map(\.fingerprint)).count == 2)
        #expect(pushes.map(\.generation) == [1_777_600_000, 1_777_600_001])
        #expect(device.state.delta.isEmpty)
    }

    @Test func `equal items have equal digests, and no name can pretend to be another member`() {
        func digest(_ name: String, _ subzone: String) -> String {
            let item = ConfigurationPush.SensorItem(
                key: .probe, wish: SensorWish(name: name, subzone: subzone), isActive: true)
            return ConfigurationPush(sensors: [item], generation: 1).fingerprint
        }
        #expect(digest("a", "b") == digest("a", "b"))
        #expect(Set([digest("a", "b"), digest("a 1:b", ""), digest("", "a 1:b"), digest("b", "a")]).count == 4)
    }

    @Test func `a change while a step is under way is told after it`() {
        var device = Configured()
        _ = device.wish(at: 0) { $0.sensors[.probe] = SensorWish(name: "one") }
        _ = device.tick(at: 0)
        _ = device.wish(at: 10) { $0.sensors[.probe] = SensorWish(name: "two") }
        #expect(device[.sensor(.probe)] == .pending)
        #expect(device.tick(at: 20) == [])
        _ = device.answer(.sensor, at: 30)
        #expect(device.state.reported.sensors[.probe]?.name == "one")
        #expect(device.tick(at: 40).last?.hasPrefix("-> cfg-") == true)
        _ = device.answer(.sensor, at: 50)
        #expect(device[.sensor(.probe)] == .applied && device.state.reported == device.state.desired)
    }

    @Test func `what was told and never answered is taken back, although the device never showed it`() {
        var device = Configured()
        _ = device.wish(at: 0) { $0.sensors[.probe] = SensorWish(name: "one") }
        _ = device.tick(at: 0)
        _ = device.wish(at: 10) { $0.sensors = [:] }
        #expect(device.tick(at: 15_000).first == "cfg-1 dropped: something else is wished now, or its time is over")
        guard case .push(let push) = device.said?.order else { Issue.record("no push"); return }
        #expect(push.sensors.map(\.isActive) == [false] && push.sensors.map(\.wish.name) == ["one"])
        _ = device.answer(.sensor, at: 15_010)
        #expect(device.state.properties.isEmpty && device.state.unconfirmed == Desired())
    }
}

extension Desired {
    /// All properties it names.
    var pathsInOrder: [PropertyPath] { Desired.differences(Desired(), self) }
}
