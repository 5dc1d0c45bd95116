import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// Sensors that need one another: what is computed of two, and a temperature that another one has.
@Suite struct TogetherTests {
    private let deficit = SensorKey.on(21, "vpd")
    private let acidity = SensorKey.on(34, "ph")

    /// 60 %RH, and 25 °C: 0.4 of 3.1678 kPa (FAO-56, equation 11).
    private func breathe(_ stage: Stage, seq: Int = 1) {
        stage.sense(21, "sht31_humidity", raw: 39_321, seq: seq)
        stage.sense(21, "sht31_temp", raw: 26_214, seq: seq + 1)
    }

    @Test func `a temperature makes the deficit, together with the chip's latest humidity`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        breathe(stage)
        let sample = try #require(stage.sensor(deficit)?.latest)
        #expect(abs((sample.value ?? 0) - 1.2671) < 0.0002)
        #expect(sample.unit == "kPa")
        #expect(sample.eventTime == stage.sensor(.on(21, "sht31_temp"))?.latest?.eventTime)
        #expect(stage.sensor(deficit)?.count == 1)
        #expect(RuntimeRun.replay(stage.journal.disk, .usual, usesSnapshots: false) == stage.twins)
    }

    @Test func `without a humidity, or with one that is too old, there is no deficit`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        stage.sense(21, "sht31_temp", raw: 26_214, seq: 1)
        #expect(stage.sensor(deficit) == nil)
        stage.sense(21, "sht31_humidity", raw: 39_321, seq: 2)
        stage.pass(milliseconds: 61_000)
        stage.sense(21, "sht31_temp", raw: 26_214, seq: 3)
        #expect(stage.sensor(deficit) == nil)
        stage.sense(22, "sht31_humidity", raw: 39_321, seq: 4)
        stage.sense(21, "sht31_temp", raw: 26_214, seq: 5)
        #expect(stage.sensor(deficit) == nil)
    }

    @Test func `a temperature that is delivered again makes no second deficit, after a restart neither`() throws {
        let before = try Stage.greenhouse(catalogue: .models)
        breathe(before)
        breathe(before)
        #expect(before.sensor(deficit)?.count == 1)
        let stage = try Stage.started(on: before.journal.disk, catalogue: .models, seed: 2)
        breathe(stage)
        #expect(stage.sensor(deficit)?.count == 1)
        #expect(stage.journal.disk.duplicateSamples == 0)
    }

    /// A probe's reading in solutions of 35 °C and 15 °C, if it knows: pH 9.43 at 25 °C.
    private func dip(_ stage: Stage, seq: Int) -> Sample? {
        stage.sense(34, "ph", raw: 1_000, seq: seq)
        return stage.sensor(acidity)?.latest
    }

    @Test func `a probe uses the temperature of the only thermometer, and says which it was`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        #expect(dip(stage, seq: 1)?.value == 9.43)
        stage.sense(4, "ds18b20", raw: 560, seq: 2)
        let sample = dip(stage, seq: 3)
        #expect(sample?.value == 9.36)
        #expect(sample?.companionCelsius == 35)
        stage.pass(milliseconds: 601_000)
        #expect(dip(stage, seq: 4)?.companionCelsius == nil)
    }

    @Test func `of two thermometers it uses the one that an operator names, from the next reading on`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        stage.sense(4, "ds18b20", raw: 560, seq: 1)
        stage.sense(5, "ds18b20", raw: 240, seq: 2)
        #expect(dip(stage, seq: 3)?.companionCelsius == nil)
        stage.configure { [acidity] desired in
            desired.sensors[acidity] = SensorWish(name: "tank", temperatureFrom: .on(5, "ds18b20"))
        }
        let sample = dip(stage, seq: 4)
        #expect(sample?.companionCelsius == 15)
        #expect(sample?.value == 9.5)
        let next = try Stage.started(on: stage.journal.disk, catalogue: .models, seed: 2)
        #expect(dip(next, seq: 5)?.companionCelsius == 15)
    }
}
