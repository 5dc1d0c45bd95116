import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// Several values in one message: each counts by itself.
@Suite struct BatchTests {
    private func batch(_ values: [(gpio: Int, type: String, value: Double)], seq: Int = 1) -> String {
        let sensors = values.map { "{\"gpio\":\($0.gpio),\"sensor_type\":\"\($0.type)\",\"value\":\($0.value)}" }
        return
            "{\"esp_id\":\"ESP_7C19F2\",\"seq\":\(seq),\"ts\":1777600000,\"sensors\":[\(sensors.joined(separator: ","))]}"
    }

    private var three: String { batch([(4, "ds18b20", 21.5), (34, "ph", 6.5), (34, "ph", 6.5)]) }

    private func samples(_ stage: Stage) -> [Sample] {
        stage.journal.disk.facts.compactMap { entry in
            if case .sensor(_, .sampled(let sample)) = entry.fact.event { sample } else { nil }
        }
    }

    @Test func `each value is stored once, the same one twice in a message too`() throws {
        let stage = try Stage.greenhouse()
        stage.hear(from: .first, "sensor/batch", three)
        #expect(samples(stage).map(\.value) == [21.5, 6.5, 6.5])
        #expect(Set(samples(stage).map(\.digest)).count == 3)
        #expect(stage.sensor(.on(34, "ph"))?.count == 2)
        #expect(stage.broker.acknowledgements > 0)
    }

    @Test func `a batch that is delivered again stores nothing and is counted`() throws {
        let stage = try Stage.greenhouse()
        for _ in 0..<2 { stage.hear(from: .first, "sensor/batch", three) }
        #expect(samples(stage).count == 3)
        #expect(stage.runtime.assumeIsolated { $0.counters.duplicates } == 3)
        #expect(stage.deadLetters.isEmpty)
    }

    @Test func `a batch that is delivered again after a restart stores nothing`() throws {
        let before = try Stage.greenhouse()
        before.hear(from: .first, "sensor/batch", three)
        let stage = try Stage.started(on: before.journal.disk, seed: 2)
        let revision = stage.twin()?.revision
        stage.hear(from: .first, "sensor/batch", three)
        #expect(samples(stage).count == 3)
        #expect(stage.sensor(.on(34, "ph"))?.count == 2)
        #expect(stage.runtime.assumeIsolated { $0.counters.duplicates } == 3)
        #expect(stage.twin()?.revision == revision)
        #expect(stage.journal.disk.duplicateSamples == 0)
    }

    @Test func `a value that is refused does not stop the others, and the message is kept for its sake`() throws {
        let stage = try Stage.greenhouse()
        for number in 1..<DeviceTwin.maximumSensors { stage.sense(4, "kind_\(number)", raw: 1, seq: number) }
        stage.hear(from: .first, "sensor/batch", batch([(5, "one", 1), (5, "two", 2), (5, "one", 3)]))
        #expect(stage.sensor(.on(5, "one"))?.count == 2)
        #expect(stage.sensor(.on(5, "two")) == nil)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.tooManySensors])
        #expect(stage.deadLetters.first?.refusal.detail.hasPrefix("1 of 3 values") == true)
    }

    @Test func `a batch that is refused as a whole is one dead letter`() throws {
        let stage = try Stage.started(options: RuntimeOptions(approval: .manual))
        stage.beat(.first)
        stage.hear(from: .first, "sensor/batch", three)
        stage.hear("kaiser/god/esp/ESP_FFFFFF/sensor/batch", three.replacing("ESP_7C19F2", with: "ESP_FFFFFF"))
        #expect(stage.deadLetters.map(\.refusal.reason) == [.notApproved, .unknownDevice])
        #expect(samples(stage).isEmpty)
    }

    @Test func `a batch brings a device back`() throws {
        let stage = try Stage.greenhouse()
        stage.hear(from: .first, "system/will", "{\"status\":\"offline\",\"esp_id\":\"ESP_7C19F2\",\"timestamp\":0}")
        stage.hear(from: .first, "sensor/batch", three)
        #expect(stage.twin()?.device.status == .online)
        stage.pass(milliseconds: 180_000)
        #expect(stage.twin()?.device.status == .offline)
    }
}
