import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// What waits until no output may be energised, and what becomes of an output that is driven another way.
@Suite struct LettingGoTests {
    /// A greenhouse whose first device was told of its pump and carried it out.
    private func withPump() throws -> Stage {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 5_000)
        stage.configure { $0.actuators[.pin(26)] = ActuatorWish(type: "pump", name: "drip") }
        try answerPush(stage)
        try #require(stage.standing(.actuator(.pin(26))) == .applied)
        stage.show(.first, 26, .off)
        stage.broker.forget()
        return stage
    }

    private func answerPush(_ stage: Stage) throws {
        stage.answerConfig("actuator", try #require(stage.last("/config")?.member("correlation_id")))
    }

    private func switchOn(_ stage: Stage) throws {
        let id = try #require(try stage.command(.on, seconds: 600).value?.get().order.id)
        stage.answer(.first, 26, id)
        stage.show(.first, 26, .on)
        stage.broker.forget()
    }

    /// An output off again, as its device shows.
    private func switchOff(_ stage: Stage) {
        _ = stage.command(.off)
        stage.show(.first, 26, .off)
    }

    @Test func `another polarity waits while an output is on, and the output is driven off once it is there`() throws {
        let stage = try withPump()
        try switchOn(stage)
        stage.configure { $0.actuators[.pin(26)]?.isInverted = true }
        stage.pass(milliseconds: 60_000)
        #expect(!stage.left().contains("ESP_7C19F2 config"))
        switchOff(stage)
        #expect(stage.left().contains("ESP_7C19F2 config"))
        #expect(stage.output()?.safeState == nil)
        let push = try #require(stage.twin()?.device.configuration.step?.step.id.description)
        stage.answerConfig("actuator", push)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        #expect(stage.output()?.safeState?.cause == .reconfigured)
        #expect(stage.output()?.confirmed == nil)
        stage.show(.first, 26, .off)
        #expect(stage.output()?.safeState == nil)
        #expect(stage.standing(.actuator(.pin(26))) == .applied)
        for usesSnapshots in [true, false] {
            #expect(RuntimeRun.replay(stage.journal.disk, .usual, usesSnapshots: usesSnapshots) == stage.twins)
        }
    }

    @Test func `another name waits for nothing and switches nothing`() throws {
        let stage = try withPump()
        try switchOn(stage)
        stage.configure { $0.actuators[.pin(26)]?.name = "mist" }
        #expect(stage.left() == ["ESP_7C19F2 config"])
        let push = try #require(stage.twin()?.device.configuration.step?.step.id.description)
        stage.answerConfig("actuator", push)
        #expect(stage.left() == [])
        #expect(stage.output()?.confirmed?.isOn == true)
    }

    @Test func `a removal that was lost is not said again while the output is on`() throws {
        let stage = try withPump()
        stage.configure { $0.actuators = [:] }
        #expect(stage.left() == ["ESP_7C19F2 config"])
        try switchOn(stage)
        stage.pass(milliseconds: 60_000)
        #expect(!stage.left().contains("ESP_7C19F2 config"))
        #expect(stage.standing(.actuator(.pin(26))) == .pending)
        switchOff(stage)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF", "ESP_7C19F2 config"])
    }

    @Test func `a removal does not leave when an output is shown on while it waits for its commit`() throws {
        let stage = try withPump()
        stage.journal.mode = .held
        stage.configure { $0.actuators = [:] }
        stage.show(.first, 26, .on)
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(!stage.left().contains("ESP_7C19F2 config"))
    }

    @Test func `an output that a device has not shown since it is back counts as on for 35 s`() throws {
        let stage = try withPump()
        stage.show(.first, 26, .on)
        stage.configure { $0.actuators = [:] }
        stage.pass(milliseconds: 200_000)
        #expect(stage.output()?.confirmed == nil)
        stage.broker.forget()
        stage.beat(.first)
        stage.pass(milliseconds: 34_900)
        #expect(!stage.left().contains("ESP_7C19F2 config"))
        // A device that does not show it by then has no such output.
        stage.pass(milliseconds: 200)
        #expect(stage.left().contains("ESP_7C19F2 config"))
    }

    @Test func `what is refused because time passed proves nothing about the device, live or replayed`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 5_000)
        stage.configure { $0.actuators[.pin(26)] = ActuatorWish(type: "pump", name: "drip") }
        let id = try #require(stage.last("/config")?.member("correlation_id"))
        stage.hear(
            from: .first, "system/intent_outcome",
            """
            {"intent_id":"\(id)","flow":"config","outcome":"failed","code":"VALIDATION_FAIL","reason":"no",\
            "ts":1777600000}
            """)
        let heard = stage.twin()?.device.lastHeard
        stage.pass(milliseconds: 2_500)
        guard case .refused = stage.standing(.actuator(.pin(26))) else {
            Issue.record("it stands \(String(describing: stage.standing(.actuator(.pin(26)))))")
            return
        }
        #expect(stage.twin()?.device.lastHeard == heard)
        for usesSnapshots in [true, false] {
            #expect(RuntimeRun.replay(stage.journal.disk, .usual, usesSnapshots: usesSnapshots) == stage.twins)
        }
    }

    @Test func `a subzone that is isolated is not let out by being assigned again`() throws {
        let stage = try withPump()
        stage.operate(.isolateSubzone("bench_1", isIsolated: true, reason: "leak"))
        stage.configure { desired in
            desired.zone = ZoneWish(id: "tent_a")
            desired.subzones["bench_1"] = SubzoneWish(gpios: [.pin(26)], isSafeModeActive: false)
        }
        stage.answerZone("zone_assigned", "tent_a", try #require(stage.last("/zone/assign")?.member("correlation_id")))
        #expect(stage.last("/subzone/assign")?.member("safe_mode_active") == "true")
        let id = try #require(stage.last("/subzone/assign")?.member("correlation_id"))
        stage.hear(
            from: .first, "subzone/ack",
            """
            {"esp_id":"ESP_7C19F2","status":"subzone_assigned","subzone_id":"bench_1","timestamp":1777600000,\
            "correlation_id":"\(id)"}
            """)
        #expect(stage.standing(.subzone("bench_1")) == .applied)
    }

    @Test func `an assignment from before an isolation is not said again`() throws {
        let stage = try withPump()
        stage.configure { desired in
            desired.zone = ZoneWish(id: "tent_a")
            desired.subzones["bench_1"] = SubzoneWish(gpios: [.pin(26)], isSafeModeActive: false)
        }
        stage.answerZone("zone_assigned", "tent_a", try #require(stage.last("/zone/assign")?.member("correlation_id")))
        #expect(stage.last("/subzone/assign")?.member("safe_mode_active") == "false")
        stage.operate(.isolateSubzone("bench_1", isIsolated: true, reason: "leak"))
        stage.broker.forget()
        stage.pass(milliseconds: 16_000)
        #expect(stage.last("/subzone/assign")?.member("safe_mode_active") == "true")
        #expect(stage.broker.publications.filter { $0.topic.hasSuffix("/subzone/assign") }.count == 1)
    }
}
