import Testing
import TwinCore

@testable import TwinRuntime

@Suite struct SheddingTests {
    /// Readings that the broker delivers in one go.
    private func readings(_ numbers: ClosedRange<Int>, qos: UInt8) -> InboundBatch {
        var batch = InboundBatch()
        for number in numbers {
            batch.append(
                topic: "kaiser/god/esp/ESP_7C19F2/sensor/4/data".utf8,
                payload: Stage.reading(.first, raw: number % 4_000, seq: number).utf8, isRetained: false, qos: qos)
        }
        return batch
    }

    private func shed(_ stage: Stage) -> Double? {
        stage.runtime.assumeIsolated { $0.measurements() }
            .first { $0.name == "doppel_shed_total" && $0.labels.contains { $0.value == "telemetry_qos0" } }?.value
    }

    /// A stage whose disk is slow: one commit is under way and does not end.
    private func slowStage() throws -> Stage {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        stage.show(.first, 26, .on)
        #expect(stage.journal.isHolding)
        return stage
    }

    @Test func `what is over the bound is shed and counted exactly, and what is below is kept`() throws {
        let stage = try slowStage()
        let waiting = stage.runtime.assumeIsolated { ($0.closing?.batch.facts.count ?? 0) + $0.open.batch.facts.count }
        let excess = 137
        stage.broker.deliver(readings(1...(Runtime.sheddingFactLimit - waiting + excess), qos: 0))
        stage.settle()
        #expect(shed(stage) == Double(excess))
        #expect(stage.twin()?.sensors.first?.count == UInt64(Runtime.sheddingFactLimit - waiting))
        #expect(stage.deadLetters.isEmpty)
    }

    @Test func `readings that were promised are never shed`() throws {
        let stage = try slowStage()
        stage.broker.deliver(readings(1...(Runtime.sheddingFactLimit + 10), qos: 1))
        stage.settle()
        #expect(shed(stage) == 0)
        #expect(stage.twin()?.sensors.first?.count == UInt64(Runtime.sheddingFactLimit + 10))
    }

    @Test func `what a device says of its outputs is heard while its readings are shed, at QoS 0 too`() throws {
        let stage = try slowStage()
        stage.broker.deliver(readings(1...(Runtime.sheddingFactLimit + 5), qos: 0))
        var batch = readings(10_001...10_003, qos: 0)
        batch.append(
            topic: "kaiser/god/esp/ESP_7C19F2/actuator/26/status".utf8,
            payload: """
                {"esp_id":"ESP_7C19F2","ts":1777600001,"gpio":26,"type":"pump","state":false,"pwm":0,\
                "emergency":"normal"}
                """.utf8, isRetained: false, qos: 0)
        let before = shed(stage) ?? 0
        #expect(before > 0)
        stage.broker.deliver(batch)
        stage.settle()
        #expect(shed(stage) == before + 3)
        #expect(stage.output()?.confirmed?.status.provesOff == true)
    }

    @Test func `nothing is shed while the disk keeps up`() throws {
        let stage = try Stage.greenhouse()
        stage.broker.deliver(readings(1...(Runtime.sheddingFactLimit + 5), qos: 0))
        stage.settle()
        #expect(shed(stage) == 0)
    }
}
