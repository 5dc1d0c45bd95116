import Testing
import TwinCore

@testable import TwinRuntime

@Suite struct ViewTests {
    private func ids(_ stage: Stage, _ query: TwinQuery) -> [String] {
        var found: [String] = []
        var last = query.after
        for _ in 0..<100 {
            let look = stage.runtime.assumeIsolated { $0.look(query, after: last) }
            found.append(contentsOf: look.found.map(\.snapshot.device.id.description))
            last = look.last ?? last
            if look.isAtEnd { return found }
        }
        return ["no end"]
    }

    private func quality(_ stage: Stage) -> Quality? {
        stage.runtime.assumeIsolated { runtime in
            runtime.view(of: .first).flatMap { view in view.snapshot.sensors.first.map { view.quality(of: $0) } }
        }
    }

    @Test func `pages follow each other without a gap or a repetition`() throws {
        let stage = try Stage.started()
        let names = (0..<25).map { "ESP_A000\($0 + 10)" }
        for name in names.reversed() { stage.beat(try #require(DeviceID(name))) }
        for limit in [1, 7, 24, 25, 500] { #expect(ids(stage, TwinQuery(limit: limit, after: nil)) == names) }
        #expect(ids(stage, TwinQuery(limit: 5, after: DeviceID("ESP_A00030"))) == Array(names[21...]))
        #expect(ids(stage, TwinQuery(limit: 5, after: DeviceID("ESP_A00034"))) == [])
        #expect(ids(stage, TwinQuery(limit: 5, after: DeviceID("ESP_000000"))) == names)
    }

    @Test func `twins are found by status and by kind`() throws {
        let stage = try Stage.greenhouse()
        stage.read(.first, raw: 348, seq: 1)
        stage.hear(from: .second, "system/will", "{\"status\":\"offline\",\"esp_id\":\"ESP_0D44A19C\",\"timestamp\":0}")
        #expect(ids(stage, TwinQuery(status: .online, limit: 9, after: nil)) == ["ESP_7C19F2"])
        #expect(ids(stage, TwinQuery(status: .offline, limit: 9, after: nil)) == ["ESP_0D44A19C"])
        #expect(ids(stage, TwinQuery(type: "ds18b20", limit: 9, after: nil)) == ["ESP_7C19F2"])
        #expect(ids(stage, TwinQuery(type: "pwm", limit: 9, after: nil)) == ["ESP_0D44A19C", "ESP_7C19F2"])
        #expect(ids(stage, TwinQuery(zone: "tent_a", limit: 9, after: nil)) == [])
    }

    @Test func `a value grows stale and is never shown as fresh`() throws {
        let stage = try Stage.greenhouse()
        stage.read(.first, raw: 348, seq: 1)
        #expect(quality(stage) == .good)
        stage.pass(milliseconds: 180_000)
        #expect(quality(stage) == .good)
        stage.pass(milliseconds: 1)
        #expect(quality(stage) == .stale)
        stage.read(.first, raw: -2032, seq: 2)
        #expect(quality(stage) == .error)
    }

    @Test func `a value of a clock that runs ahead grows stale from its receipt on`() throws {
        let stage = try Stage.greenhouse()
        stage.hear(
            from: .first, "sensor/4/data",
            """
            {"esp_id":"ESP_7C19F2","gpio":4,"sensor_type":"ds18b20","raw":348,"ts":1777686400,"raw_mode":true}
            """)
        stage.pass(milliseconds: 180_000)
        #expect(quality(stage) == .good)
        stage.pass(milliseconds: 1)
        #expect(quality(stage) == .stale)
    }

    @Test func `the runtime is ready when it runs, commits and has both connections`() throws {
        let stage = Stage()
        stage.broker.connectsAtStart = false
        #expect(stage.runtime.assumeIsolated { $0.unreadiness() } == "the runtime is starting")
        try stage.start()
        #expect(stage.runtime.assumeIsolated { $0.unreadiness() } == "the ingest connection to the broker is down")
        stage.broker.connect()
        #expect(stage.runtime.assumeIsolated { $0.unreadiness() } == nil)
        stage.broker.loseControl()
        #expect(stage.runtime.assumeIsolated { $0.unreadiness() } == "the control connection to the broker is down")
        #expect(stage.runtime.vitals(of: .control).health == "down: cut; next attempt after 1000 ms")
    }

    @Test func `refusals are counted by reason`() throws {
        let stage = try Stage.greenhouse()
        stage.hear(from: .first, "sensor/4/data", "{")
        stage.hear(from: .first, "sensor/4/data", "{{")
        stage.hear("kaiser/god/status", "{}")
        let refused = stage.runtime.assumeIsolated { $0.measurements() }
            .filter { $0.name == "doppel_refused_messages_total" }
        #expect(
            refused.map { "\($0.labels.first?.value ?? "") \($0.value)" } == [
                "malformed_json 2.0", "unsupported_topic 1.0",
            ])
    }
}
