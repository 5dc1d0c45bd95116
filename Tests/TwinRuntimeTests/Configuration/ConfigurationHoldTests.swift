import Testing
import TwinCore

@testable import TwinRuntime

/// When a wish has to wait: for a device that is away or stopped, for a restart, for an output.
@Suite struct ConfigurationHoldTests {
    /// A greenhouse whose devices have settled.
    private func settled() throws -> Stage {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 5_000)
        return stage
    }

    private func loseDevice(_ stage: Stage) {
        stage.hear(from: .first, "system/will", "{\"status\":\"offline\",\"esp_id\":\"ESP_7C19F2\",\"timestamp\":0}")
        stage.broker.forget()
    }

    @Test func `while the device is away nothing is told, and what is still wished when it has come back`() throws {
        let stage = try settled()
        loseDevice(stage)
        stage.configure { $0.zone = ZoneWish(id: "tent_a") }
        stage.pass(milliseconds: 86_400_000)
        #expect(stage.left() == [])
        stage.configure { $0.zone = ZoneWish(id: "tent_b") }
        stage.beat(.first)
        #expect(stage.last("heartbeat/ack")?.member("config_available") == "true")
        #expect(!stage.left().contains { $0.contains("zone") })
        stage.pass(milliseconds: DeviceState.settleMilliseconds)
        #expect(stage.left() == ["ESP_7C19F2 zone tent_b"])
    }

    @Test func `what is wished for a while only is over when the device comes back too late`() throws {
        let stage = try settled()
        loseDevice(stage)
        stage.configure(seconds: 60) { $0.zone = ZoneWish(id: "tent_a") }
        stage.pass(milliseconds: 59_999)
        #expect(stage.standing(.zone) == .pending)
        stage.pass(milliseconds: 1)
        #expect(stage.standing(.zone) == .expired)
        stage.beat(.first)
        stage.broker.forget()
        stage.pass(milliseconds: 10_000)
        #expect(stage.left() == [])
    }

    @Test func `during an emergency stop nothing is told, and all of it when it is over`() throws {
        let stage = try settled()
        _ = stage.stop(.all)
        stage.configure { $0.zone = ZoneWish(id: "tent_a") }
        for gpio in [26, 25] { stage.show(.first, gpio, .off, type: gpio == 25 ? "pwm" : "pump", emergency: "active") }
        stage.pass(milliseconds: 60_000)
        #expect(!stage.left().contains("ESP_7C19F2 zone tent_a"))
        _ = stage.clear()
        stage.settle()
        #expect(stage.left().contains("ESP_7C19F2 clear"))
        stage.hear(
            from: .first, "actuator/recovery_confirm",
            "{\"esp_id\":\"ESP_7C19F2\",\"ts\":1777600000,\"state\":\"cleared\"}")
        #expect(stage.left() == ["ESP_7C19F2 zone tent_a"])
    }

    @Test func `a stop overtakes what waits for its commit`() throws {
        let stage = try settled()
        stage.journal.mode = .held
        stage.configure { $0.zone = ZoneWish(id: "tent_a") }
        _ = stage.stop(.device(.first))
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(!stage.left().contains("ESP_7C19F2 zone tent_a"))
    }

    @Test func `a device that is lost while its order waits for the commit is not told`() throws {
        let stage = try settled()
        stage.journal.mode = .held
        stage.configure { $0.zone = ZoneWish(id: "tent_a") }
        loseDevice(stage)
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(stage.left() == [])
    }

    @Test func `an order without an answer is repeated as it was, three times in all`() throws {
        let stage = try settled()
        stage.configure { $0.zone = ZoneWish(id: "tent_a") }
        for _ in 0..<4 { stage.pass(milliseconds: 15_000) }
        let told = stage.broker.publications.filter { $0.topic.hasSuffix("/zone/assign") }
        #expect(told.count == 3)
        #expect(Set(told.map(\.payload)).count == 1)
        #expect(stage.standing(.zone) == .pending)
    }

    @Test func `after a restart the order under way is repeated with the same id`() throws {
        let before = try settled()
        before.configure { $0.zone = ZoneWish(id: "tent_a") }
        let told = try #require(before.last("/zone/assign"))
        let stage = try Stage.started(on: before.journal.disk, seed: 2)
        stage.pass(milliseconds: 60_000)
        #expect(stage.last("/zone/assign") == nil)
        stage.beat(.first)
        stage.pass(milliseconds: DeviceState.settleMilliseconds)
        let again = try #require(stage.last("/zone/assign"))
        #expect(again.payload == told.payload)
        stage.answerZone("zone_assigned", "tent_a", try #require(again.member("correlation_id")))
        #expect(stage.standing(.zone) == .applied)
    }

    /// A greenhouse whose first device is in a zone.
    private func zoned() throws -> Stage {
        let stage = try settled()
        stage.configure { $0.zone = ZoneWish(id: "tent_a") }
        stage.answerZone("zone_assigned", "tent_a", try #require(stage.last("/zone/assign")?.member("correlation_id")))
        try #require(stage.standing(.zone) == .applied)
        stage.broker.forget()
        return stage
    }

    @Test func `a zone is not taken from a device while one of its outputs is energised`() throws {
        let stage = try zoned()
        let id = try #require(try stage.command(.on, seconds: 600).value?.get().order.id)
        stage.answer(.first, 26, id)
        stage.show(.first, 26, .on)
        stage.broker.forget()
        stage.configure { $0.zone = nil }
        stage.pass(milliseconds: 60_000)
        #expect(stage.left() == [])
        _ = stage.command(.off)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        stage.show(.first, 26, .off)
        #expect(stage.left() == ["ESP_7C19F2 zone "])
    }

    @Test func `a device whose zone was taken is told at once that it still takes part`() throws {
        let stage = try zoned()
        stage.configure { $0.zone = nil }
        let id = try #require(stage.last("/zone/assign")?.member("correlation_id"))
        stage.broker.forget()
        stage.answerZone("zone_removed", "", id)
        #expect(stage.left() == ["ESP_7C19F2 ack online 3"])
        #expect(stage.twin()?.device.configuration.delta == [])
    }
}
