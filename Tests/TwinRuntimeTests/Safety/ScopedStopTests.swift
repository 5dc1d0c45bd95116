import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// A stop holds what its scope covers, and touches nothing else.
@Suite struct ScopedStopTests {
    /// Both devices in zones of their own, all outputs shown off.
    private func zoned() throws -> Stage {
        let stage = try Stage.greenhouse()
        stage.beat(.first, zone: "tent_a")
        stage.beat(.second, zone: "tent_b")
        stage.broker.forget()
        return stage
    }

    private func scope(_ name: String) -> StopScope {
        switch name {
        case "zone": .zone("tent_a")
        case "actuator": .actuator(.first, .pin(26))
        case "kind": .filter(StopFilter(kinds: ["pump"]))
        case "zone and kind": .filter(StopFilter(kinds: ["pump"], zones: ["tent_a"]))
        default: .kaiser(.god)
        }
    }

    @Test(arguments: [
        ("zone", ["ESP_7C19F2/25", "ESP_7C19F2/26"]), ("actuator", ["ESP_7C19F2/26"]),
        ("kind", ["ESP_0D44A19C/26", "ESP_7C19F2/26"]), ("zone and kind", ["ESP_7C19F2/26"]),
        ("kaiser", ["ESP_0D44A19C/25", "ESP_0D44A19C/26", "ESP_7C19F2/25", "ESP_7C19F2/26"]),
    ]) func `exactly what is covered is switched off, listed and held`(name: String, covered: [String]) throws {
        let stage = try zoned()
        for device in [DeviceID.first, .second] { for gpio in [26, 25] { stage.run(device, gpio) } }
        _ = stage.stop(scope(name))
        let offs = stage.left().filter { $0.hasSuffix(" OFF") }.map { String($0.dropLast(4)) }
        #expect(offs.sorted() == covered)
        #expect(stage.scoreboard == covered.map { "\($0) unconfirmed" })
        for device in [DeviceID.first, .second] {
            for gpio in [26, 25] {
                let isCovered = covered.contains("\(device)/\(gpio)")
                #expect((stage.output(gpio, of: device)?.lease == nil) == isCovered)
                #expect(try stage.refusal(device, gpio) == (isCovered ? .latch : nil))
            }
        }
    }

    @Test(arguments: ["zone", "actuator", "kind"]) func `the next run holds what the stop covers`(name: String) throws {
        let before = try zoned()
        _ = before.stop(scope(name))
        let stage = try before.restarted()
        for (device, zone) in [(DeviceID.first, "tent_a"), (.second, "tent_b")] {
            stage.beat(device, zone: zone)
            for gpio in [26, 25] { stage.show(device, gpio, .off, type: gpio == 25 ? "pwm" : "pump") }
        }
        #expect(try stage.refusal(.first, 26) == .latch)
        #expect(try stage.refusal(.second, 26) == (name == "kind" ? .latch : nil))
        #expect(try stage.refusal(.first, 25) == (name == "zone" ? .latch : nil))
    }

    @Test func `a device that moves into a stopped zone is stopped, running outputs and all`() throws {
        let stage = try zoned()
        stage.run(.second)
        _ = stage.stop(.zone("tent_a"))
        stage.broker.forget()
        stage.beat(.second, zone: "tent_a")
        #expect(
            stage.left() == [
                "ESP_0D44A19C stop", "ESP_0D44A19C/26 OFF", "ESP_0D44A19C/25 OFF", "ESP_0D44A19C ack online 3",
            ])
        #expect(stage.output(26, of: .second)?.lease == nil)
        #expect(try stage.refusal(.second) == .latch)
    }

    @Test func `outputs of a device that moves into a stop of a kind there are switched off`() throws {
        let stage = try zoned()
        stage.run(.second, 26)
        stage.run(.second, 25)
        _ = stage.stop(.filter(StopFilter(kinds: ["pump"], zones: ["tent_a"])))
        stage.broker.forget()
        stage.beat(.second, zone: "tent_a")
        #expect(stage.left().filter { $0.hasSuffix("OFF") } == ["ESP_0D44A19C/26 OFF"])
        #expect(stage.output(26, of: .second)?.lease == nil)
        #expect(stage.output(25, of: .second)?.lease != nil)
    }

    @Test func `a new device in a stopped zone is stopped before its heartbeat is answered`() throws {
        let stage = try Stage.started()
        _ = stage.stop(.zone("tent_a"))
        stage.broker.forget()
        stage.beat(.first, zone: "tent_a")
        let left = stage.left()
        #expect(left.first == "ESP_7C19F2 stop")
        #expect(left.contains("ESP_7C19F2 ack online 3"))
        stage.beat(.second, zone: "tent_b")
        #expect(!stage.left().contains("ESP_0D44A19C stop"))
    }

    @Test func `what leaves a stopped zone stays held until the stop is cleared, also through a restart`() throws {
        let before = try zoned()
        let id = try #require(try before.stop(.zone("tent_a")).value?.get().incidents.first?.id)
        _ = before.stop(.device(.second))
        before.beat(.first, zone: "tent_c")
        #expect(try before.refusal(.first) == .latch)
        let stage = try before.restarted()
        stage.beat(.first, zone: "tent_c")
        stage.show(.first, 26, .off, emergency: "active")
        stage.pass(milliseconds: 20_000)
        #expect(!stage.left().contains("ESP_7C19F2 clear"))
        #expect(try stage.refusal(.first) == .latch)
        #expect(stage.scoreboard.contains { $0.hasPrefix("ESP_7C19F2/26") })
        stage.clear(id)
        stage.pass(milliseconds: 6_000)
        #expect(stage.left().contains("ESP_7C19F2 clear"))
        stage.recover(.first)
        #expect(try stage.refusal(.first) == nil)
    }

    @Test(arguments: [false, true])
    func `what left a stopped zone stays held when another stop that took hold is cleared`(isRenewed: Bool) throws {
        let stage = try zoned()
        _ = stage.stop(.zone("tent_a"))
        let all = try #require(try stage.stop(.all).value?.get().incidents.last?.id)
        // A device that lost its configuration is nowhere.
        stage.beat(.first, zone: "")
        stage.show(.first, 26, .off, emergency: "active")
        if isRenewed { _ = stage.stop(.zone("tent_a")) }
        stage.clear(all)
        stage.pass(milliseconds: 20_000)
        #expect(stage.left().contains("ESP_0D44A19C clear"))
        #expect(!stage.left().contains("ESP_7C19F2 clear"))
        #expect(try stage.refusal(.first) == .latch)
        stage.clear(try #require(stage.report.incidents.first?.id))
        stage.pass(milliseconds: 6_000)
        #expect(stage.left().contains("ESP_7C19F2 clear"))
        stage.recover(.first)
        #expect(try stage.refusal(.first) == nil)
    }

    @Test func `an output that left a stop of its kind stays held when another stop that took hold is cleared`() throws
    {
        let stage = try zoned()
        _ = stage.stop(.filter(StopFilter(kinds: ["pump"], zones: ["tent_a"])))
        let one = try #require(try stage.stop(.actuator(.first, .pin(26))).value?.get().incidents.last?.id)
        stage.show(.first, 26, .off)
        stage.beat(.first, zone: "tent_c")
        stage.clear(one)
        #expect(try stage.refusal(.first, 26) == .latch)
        _ = stage.clear()
        #expect(try stage.refusal(.first, 26) == nil)
        _ = stage.stop(.filter(StopFilter(kinds: ["pump"], zones: ["tent_a"])))
        #expect(stage.output(26)?.lease != nil, "nothing is remembered of a stop that was over when it was switched on")
    }

    @Test func `an output that leaves a stop of its kind stays held until the stop is cleared`() throws {
        let stage = try zoned()
        _ = stage.stop(.filter(StopFilter(kinds: ["pump"], zones: ["tent_a"])))
        stage.show(.first, 26, .off)
        stage.beat(.first, zone: "tent_c")
        #expect(try stage.refusal(.first, 26) == .latch)
        #expect(try stage.refusal(.first, 25) == nil)
        _ = stage.clear()
        #expect(try stage.refusal(.first, 26) == nil)
    }

    @Test func `one scope more than can be kept apart stops everything`() throws {
        let stage = try zoned()
        for number in 0..<Latch.maximumIncidents { _ = stage.stop(.zone("zone_\(number)")) }
        #expect(try stage.refusal(.second) == nil)
        _ = stage.stop(.zone("zone_0"))
        #expect(try stage.refusal(.second) == nil)
        _ = stage.stop(.zone("one_more"))
        #expect(stage.report.incidents.last?.scope == .all)
        #expect(try stage.refusal(.second) == .latch)
        stage.overhear("kaiser/god/esp/ESP_7C19F2/actuator/emergency", "{\"command\":\"emergency_stop\"}")
        #expect(stage.report.incidents.count == Latch.maximumIncidents + 1)
    }
}
