import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// What others publish where only servers command.
@Suite struct HeardCommandTests {
    private static let topic = "kaiser/god/esp/ESP_7C19F2/actuator/26/command"
    private static let on = "{\"command\":\"ON\",\"value\":1,\"issued_by\":\"cron\"}"

    @Test func `a retained command is erased at once, alarmed, and its output switched off`() throws {
        let stage = try Stage.greenhouse()
        stage.overhear(Self.topic, Self.on, isRetained: true)
        let erasure = try #require(stage.broker.publications.first { $0.isRetained })
        #expect(erasure.topic == Self.topic)
        #expect(erasure.payload == [])
        // The output was shown off before somebody left the command: that proves nothing now.
        #expect(stage.left().last == "ESP_7C19F2/26 OFF")
        #expect(stage.alarms(.retainedCommand) == 1)
        #expect(stage.twin()?.device.lastAlarm?.message.kind == .retainedCommand)
        stage.overhear(Self.topic, "", isRetained: true)
        #expect(stage.left() == [])
        #expect(stage.alarms(.retainedCommand) == 1)
    }

    @Test func `a retained command for a device that nobody knows is erased and alarmed`() throws {
        let stage = try Stage.greenhouse()
        let topic = "kaiser/god/esp/ESP_FFFFFF/actuator/5/command"
        stage.overhear(topic, Self.on, isRetained: true)
        #expect(stage.broker.publications.map(\.topic) == [topic])
        #expect(stage.alarms(.retainedCommand) == 1)
    }

    @Test func `a retained command is erased and switched off while commits fail`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        stage.read(.first, raw: 348, seq: 1)
        stage.overhear(Self.topic, Self.on, isRetained: true)
        #expect(stage.broker.publications.contains { $0.topic == Self.topic && $0.payload.isEmpty && $0.isRetained })
        #expect(stage.left().contains("ESP_7C19F2/26 OFF"))
    }

    @Test func `a foreign live ON is alarmed`() throws {
        let stage = try Stage.greenhouse()
        stage.overhear(Self.topic, Self.on)
        #expect(stage.left() == [])
        #expect(stage.twin()?.device.lastAlarm?.message.kind == .foreignCommand)
        stage.overhear(Self.topic, "{\"command\":\"OFF\",\"issued_by\":\"cron\"}")
        #expect(stage.alarms(.foreignCommand) == 1)
    }

    @Test func `a foreign live ON is switched off where a stop holds, and nowhere else`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.stop(.actuator(.first, .pin(26)))
        stage.show(.first, 26, .off)
        stage.broker.forget()
        stage.overhear(Self.topic, Self.on)
        stage.overhear("kaiser/god/esp/ESP_7C19F2/actuator/25/command", Self.on)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        #expect(stage.alarms(.foreignCommand) == 2)
    }
}
