import Testing
import TwinCore

/// What a device shows by itself.
@Suite struct ConfigurationReportTests {
    @Test func `a zone is adopted once, and only when it is another`() {
        var device = Configured()
        #expect(device.beat(at: 0) == [])
        #expect(device.beat(zone: "tent_a", master: "site_1", at: 10) == ["in zone 'tent_a' of 'site_1'"])
        #expect(device.beat(zone: "Tent_A", at: 20) == [], "a master zone that is not said is as it was")
        #expect(device.beat(zone: "", master: "", at: 30) == ["in zone '' of ''"])
        #expect(device.tick(at: 40) == [] && device.state.properties.isEmpty)
    }

    @Test func `a heartbeat that shows the assignment is as good as its answer`() {
        var device = Configured()
        _ = device.beat(zone: "", at: 0)
        _ = device.wish(at: 0) { $0.zone = ZoneWish(id: "tent_a", name: "Tent A") }
        _ = device.tick(at: 0)
        #expect(device.beat(zone: "", at: 5) == [])
        #expect(device.beat(zone: "tent_a", at: 10) == ["applied zone", "z-2 answered"])
        #expect(device.zone(.assigned, "tent_a", at: 20) == [])
        #expect(device.state.reported.zone?.name == "Tent A")
    }

    @Test func `a late answer shows where the device is`() {
        var device = Configured()
        _ = device.wish(at: 0) { $0.zone = ZoneWish(id: "tent_a", name: "Tent A") }
        for time: Int64 in [0, 15_000, 30_000, 45_000] { _ = device.tick(at: time) }
        #expect(device[.zone] == .pending)
        #expect(device.zone(.assigned, "tent_a", at: 50_000) == ["stray zone", "in zone 'tent_a' of ''"])
        #expect(device[.zone] == .applied && device.deadline == nil)
    }

    @Test func `a lost zone is assigned again after a minute, and more rarely the more often it is lost`() {
        var device = Configured.holding(Desired(zone: ZoneWish(id: "tent_a")))
        var told: Int64 = 0
        for pause: Int64 in [60_000, 120_000, 240_000] {
            #expect(device.beat(zone: "", at: told + 10) == ["in zone '' of ''"])
            #expect(device[.zone] == .pending && device.deadline == told + pause)
            #expect(device.tick(at: told + pause - 1) == [])
            told += pause
            #expect(device.tick(at: told).last?.hasPrefix("-> z-") == true)
            _ = device.zone(.assigned, "tent_a", at: told)
        }
        _ = device.beat(zone: "", at: told + 1_000_000)
        #expect(device.deadline == told + 60_000, "after a quarter of an hour that is forgotten")
    }

    @Test func `a heartbeat that was overtaken by the answer does no harm`() {
        var device = Configured.holding(Desired(zone: ZoneWish(id: "tent_a")))
        _ = device.beat(zone: "", at: 10)
        _ = device.beat(zone: "tent_a", at: 30_000)
        #expect(device[.zone] == .applied && device.deadline == nil)
    }

    @Test func `a device without its zone has lost its subzones too`() {
        var device = Configured.holding(.bench)
        _ = device.beat(zone: "", at: 10)
        #expect(device[.subzone("bench_1")] == .pending && device.state.reported.subzones.isEmpty)
        #expect(device.tick(at: 60_000).last?.hasPrefix("-> z-") == true)
        _ = device.zone(.assigned, "tent_a", at: 60_010)
        #expect(device.tick(at: 60_020).last?.hasPrefix("-> sz-") == true)
    }

    @Test func `a device that runs fewer parts is told all of that section again`() {
        var device = Configured.holding(.parts)
        #expect(device.beat(sensors: 2, actuators: 2, at: 50_000) == [])
        #expect(device.beat(sensors: 0, actuators: 2, at: 44_999) == [], "counts settle for 45 s after a push")
        #expect(device.beat(sensors: 0, actuators: 2, at: 45_000) == ["counts 0 -"])
        #expect(device.beat(sensors: 0, actuators: 0, at: 89_999) == [])
        #expect(device.beat(sensors: 0, actuators: 0, at: 90_000) == ["counts - 0"], "sensors wait, actuators rest")
    }

    @Test func `a count that pushing does not mend is answered ever more rarely`() {
        var device = Configured.holding(.parts)
        var ended: Int64 = 0
        for cooldown: Int64 in [45_000, 90_000, 180_000, 360_000, 720_000, 1_440_000, 1_800_000, 1_800_000] {
            #expect(device.beat(sensors: 3, actuators: 2, at: ended + cooldown - 1) == [])
            ended += cooldown
            #expect(device.beat(sensors: 3, actuators: 2, at: ended) == ["counts 3 -"])
            #expect(device.beat(sensors: 3, actuators: 2, at: ended) == [], "while wishes wait, counts mean nothing")
            _ = device.tick(at: ended)
            #expect(device.beat(sensors: 3, actuators: 2, at: ended) == [], "nor while they are told")
            #expect(device.answer(.sensor, at: ended).last?.hasSuffix("answered") == true)
        }
        #expect(device.beat(sensors: 1, actuators: 2, at: ended + 45_000) == ["counts 1 -"], "another count is news")
    }

    @Test func `a device that was never configured may run what it likes`() {
        var device = Configured()
        #expect(device.beat(sensors: 5, actuators: 3, at: 1_000_000) == [])
        _ = device.wish(at: 1_000_000) { $0.actuators = Desired.parts.actuators }
        _ = device.tick(at: 1_000_000)
        _ = device.answer(.actuator, at: 1_000_000)
        #expect(device.beat(sensors: 5, actuators: 2, at: 2_000_000) == [])
    }

    @Test func `what a device refused is not missed in its counts`() {
        var device = Configured()
        _ = device.wish(at: 0) { $0 = .parts }
        _ = device.tick(at: 0)
        _ = device.answer(.sensor, at: 0)
        let failure = ConfigurationAnswer.Failure(gpio: .pin(26), code: "GPIO_CONFLICT", detail: "")
        _ = device.answer(.actuator, .partialSuccess, failures: [failure], at: 0)
        #expect(device.beat(sensors: 2, actuators: 1, at: 100_000) == [])
    }
}
