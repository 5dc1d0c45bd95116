import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

@Suite struct DuplicateTests {
    private func duplicates(_ stage: Stage) -> Int { stage.runtime.assumeIsolated { $0.counters.duplicates } }

    @Test func `a reading that the broker delivers again has no second effect`() throws {
        let stage = try Stage.greenhouse()
        stage.read(.first, raw: 348, seq: 1)
        let revision = stage.twin()?.revision
        let before = stage.broker.acknowledgements
        stage.read(.first, raw: 348, seq: 1)
        #expect(stage.twin()?.revision == revision)
        #expect(stage.twin()?.sensors.first?.count == 1)
        #expect(duplicates(stage) == 1)
        #expect(stage.broker.acknowledgements == before + 1)
        #expect(stage.journal.disk.digests.count == 1)
    }

    @Test func `a reading that a run before made durable has no second effect`() throws {
        let before = try Stage.greenhouse()
        before.read(.first, raw: 348, seq: 1)
        let stage = try Stage.started(on: before.journal.disk)
        stage.read(.first, raw: 348, seq: 1)
        #expect(duplicates(stage) == 1)
        #expect(stage.twin()?.sensors.first?.count == 1)
        #expect(stage.journal.disk.duplicateSamples == 0)
    }

    @Test func `the same value in another message is another reading`() throws {
        let stage = try Stage.greenhouse()
        stage.read(.first, raw: 348, seq: 1)
        stage.read(.first, raw: 348, seq: 2)
        #expect(stage.twin()?.sensors.first?.count == 2)
        #expect(duplicates(stage) == 0)
    }

    @Test func `a device without a clock may repeat its bytes in another boot`() throws {
        let stage = try Stage.greenhouse()
        let payload = """
            {"esp_id":"ESP_7C19F2","seq":1,"gpio":4,"sensor_type":"ds18b20","raw":348,"ts":0,"time_valid":false}
            """
        stage.hear(from: .first, "sensor/4/data", payload)
        stage.hear(from: .first, "sensor/4/data", payload)
        #expect(stage.twin()?.sensors.first?.count == 1)
        stage.beat(.first, boot: "b2")
        stage.hear(from: .first, "sensor/4/data", payload)
        #expect(stage.twin()?.sensors.first?.count == 2)
    }

    @Test func `a refused reading is judged anew when it comes again`() throws {
        let stage = try Stage.started(options: RuntimeOptions(approval: .manual))
        stage.beat(.first)
        stage.read(.first, raw: 348, seq: 1)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.notApproved])
        stage.runtime.assumeIsolated { $0.admit(.first, .approve, by: "user:mara") { _ in } }
        stage.settle()
        stage.read(.first, raw: 348, seq: 1)
        #expect(stage.twin()?.sensors.first?.count == 1)
        #expect(duplicates(stage) == 0)
    }

    @Test func `the filter remembers the newest and forgets the oldest`() {
        var filter = DuplicateFilter(limit: 3, recent: [1, 2])
        filter.insert(3)
        filter.insert(3)
        #expect([1, 2, 3].map { filter.contains($0) } == [true, true, true])
        filter.insert(4)
        #expect([1, 2, 3, 4].map { filter.contains($0) } == [false, true, true, true])
        filter.insert(1)
        #expect([1, 2, 3, 4].map { filter.contains($0) } == [true, false, true, true])
    }

    @Test func `a filter begins with the newest of what it is given`() {
        let filter = DuplicateFilter(limit: 2, recent: [1, 2, 3])
        #expect([1, 2, 3].map { filter.contains($0) } == [false, true, true])
    }
}
