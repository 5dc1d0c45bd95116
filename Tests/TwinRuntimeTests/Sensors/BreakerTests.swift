import Testing
import TwinCore

@testable import TwinRuntime

/// A formula that keeps failing is left out for a while, and tried again by itself.
@Suite struct BreakerTests {
    private let fragile = SensorKey.on(9, "fragile")

    /// A sensor whose formula has failed so often.
    private func failed(_ times: Int) throws -> Stage {
        let stage = try Stage.greenhouse(catalogue: .models)
        for number in 1...times { stage.sense(9, "fragile", raw: 5, seq: number) }
        return stage
    }

    @Test func `two failures are shown as faults and no more`() throws {
        let stage = try failed(2)
        #expect(stage.sensor(fragile)?.latest == nil)
        #expect(stage.sensor(fragile)?.fault?.value == nil)
        stage.sense(9, "fragile", raw: 0, seq: 10)
        #expect(stage.sensor(fragile)?.latest?.value == 0)
        stage.sense(9, "fragile", raw: 5, seq: 11)
        #expect(stage.sensor(fragile)?.fault?.value == nil)
    }

    @Test func `after three failures the raw value passes through, marked as such`() throws {
        let stage = try failed(3)
        stage.sense(9, "fragile", raw: 5, seq: 10)
        let sample = try #require(stage.sensor(fragile)?.latest)
        #expect(sample.value == 5)
        #expect(sample.unit == "")
        #expect(sample.quality == .unknown)
        #expect(sample.model == nil)
    }

    @Test func `after a while the formula is tried again, and holds when it works`() throws {
        let stage = try failed(3)
        stage.pass(milliseconds: ProcessingBreaker.openMilliseconds - 1_000)
        stage.sense(9, "fragile", raw: 0, seq: 10)
        #expect(stage.sensor(fragile)?.latest?.unit == "")
        stage.pass(milliseconds: 1_000)
        stage.sense(9, "fragile", raw: 0, seq: 11)
        #expect(stage.sensor(fragile)?.latest?.unit == "V")
        #expect(stage.sensor(fragile)?.breaker.failures == 0)
    }

    @Test func `when it fails again the raw value passes through for another while`() throws {
        let stage = try failed(3)
        stage.pass(milliseconds: ProcessingBreaker.openMilliseconds)
        stage.sense(9, "fragile", raw: 5, seq: 10)
        #expect(stage.sensor(fragile)?.fault?.value == nil)
        stage.sense(9, "fragile", raw: 5, seq: 11)
        #expect(stage.sensor(fragile)?.latest?.value == 5)
    }

    @Test func `a restart forgets no failure, and other sensors are none the wiser`() throws {
        let before = try failed(3)
        let stage = try Stage.started(on: before.journal.disk, catalogue: .models, seed: 2)
        stage.sense(9, "fragile", raw: 5, seq: 10)
        #expect(stage.sensor(fragile)?.latest?.value == 5)
        stage.sense(8, "fragile", raw: 5, seq: 11)
        #expect(stage.sensor(.on(8, "fragile"))?.fault?.value == nil)
    }
}
