import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// A calibration counts from the next reading on; what was stored before is computed again when somebody asks.
@Suite struct CalibrationTests {
    private let tank = SensorKey.on(9, "tank")

    private func calibrated(_ stage: Stage, reference: Double) {
        stage.calibrate(.begin(.offset, isInverted: false), tank)
        stage.calibrate(.addPoint(reference: reference, raw: nil), tank)
        stage.calibrate(.apply, tank)
    }

    private func latest(_ stage: Stage) -> Sample? { stage.sensor(tank)?.latest }

    @Test func `an applied calibration is used from the next reading on, and values name it`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        stage.sense(9, "tank", raw: 10, seq: 1)
        #expect(latest(stage)?.model == ModelStamp(version: 7, calibration: 0))
        calibrated(stage, reference: 12)
        #expect(latest(stage)?.value == 10)
        stage.sense(9, "tank", raw: 11, seq: 2)
        #expect(latest(stage)?.value == 13)
        #expect(latest(stage)?.model == ModelStamp(version: 7, calibration: 1))
        let removed = stage.calibrate(.remove, tank)
        #expect(try removed.value?.get().snapshot.sensors.first?.calibration.current == nil)
        stage.sense(9, "tank", raw: 11, seq: 3)
        #expect(latest(stage)?.value == 11)
        #expect(stage.sensor(tank)?.calibration.history.map(\.number) == [1])
    }

    @Test func `a step is answered when it is durable`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        stage.sense(9, "tank", raw: 10, seq: 1)
        stage.journal.mode = .held
        let reply = stage.calibrate(.begin(.offset, isInverted: false), tank)
        #expect(reply.value == nil)
        stage.journal.release()
        stage.settle()
        #expect(try reply.value?.get().snapshot.sensors.first?.calibration.session?.method == .offset)
    }

    @Test func `a step that makes no sense is refused with the reason and changes nothing`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        stage.sense(9, "tank", raw: 10, seq: 1)
        let before = stage.twins
        guard case .failure(.unsuitable(let reason)) = stage.calibrate(.apply, tank).value else {
            Issue.record("it was taken")
            return
        }
        #expect(!reason.isEmpty)
        let unknown = SensorKey.on(30, "tank")
        #expect(throws: ServiceError.unknownSensor(.first, unknown)) {
            try stage.calibrate(.apply, unknown).value?.get()
        }
        #expect(stage.twins == before)
    }

    @Test func `a calibration and a session survive a restart`() throws {
        let before = try Stage.greenhouse(catalogue: .models)
        before.sense(9, "tank", raw: 10, seq: 1)
        calibrated(before, reference: 12)
        before.calibrate(.begin(.offset, isInverted: false), tank)
        let stage = try Stage.started(on: before.journal.disk, catalogue: .models, seed: 2)
        stage.sense(9, "tank", raw: 10, seq: 2)
        #expect(latest(stage)?.value == 12)
        #expect(stage.sensor(tank)?.calibration.session != nil)
    }

    @Test func `a session that nobody finishes is over after a day`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        stage.sense(9, "tank", raw: 10, seq: 1)
        stage.calibrate(.begin(.offset, isInverted: false), tank)
        stage.pass(milliseconds: CalibrationState.sessionMilliseconds - 1)
        #expect(stage.sensor(tank)?.calibration.session != nil)
        stage.pass(milliseconds: 1)
        #expect(stage.sensor(tank)?.calibration.session == nil)
    }

    private func reprocess(
        _ stage: Stage, _ sensor: SensorKey, from: UnixTime = UnixTime(milliseconds: 0), to: UnixTime? = nil
    ) -> Stage.Answer<Reprocessing> {
        let request = ReprocessingRequest(device: .first, sensor: sensor, from: from, to: to, by: "user:mara")
        return stage.ask { $0.reprocess(request, $1) }
    }

    private func stored(_ stage: Stage) -> [Sample] {
        stage.journal.disk.facts.compactMap { entry in
            if case .sensor(tank, .sampled(let sample)) = entry.fact.event { sample } else { nil }
        }
    }

    @Test func `stored values are computed again from their raw ones, in the span that is asked for`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        for number in 1...3 {
            stage.sense(9, "tank", raw: Double(number), seq: number)
            stage.pass(milliseconds: 10_000)
        }
        calibrated(stage, reference: 5)
        let from = UnixTime.fixtureNow.advanced(byMilliseconds: 10_000)
        let report = try #require(try reprocess(stage, tank, from: from).value?.get())
        #expect((report.examined, report.changed) == (2, 2))
        #expect(report.model == ModelStamp(version: 7, calibration: 1))
        #expect(stored(stage).map(\.value) == [1, 4, 5])
        #expect(stored(stage).map(\.raw) == [1, 2, 3])
        #expect(stored(stage).map { $0.model?.calibration } == [0, 1, 1])
        #expect(stage.sensor(tank)?.reprocessing == report)
        let again = try #require(try reprocess(stage, tank).value?.get())
        #expect((again.examined, again.changed) == (3, 1))
        #expect(try reprocess(stage, tank, to: from).value?.get().examined == 1)
    }

    @Test func `what has no raw values of its own is not computed again`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        stage.sense(21, "sht31_humidity", raw: 39_321, seq: 1)
        stage.sense(21, "sht31_temp", raw: 26_214, seq: 2)
        stage.sense(5, "mystery", raw: 1, seq: 3)
        for key in [SensorKey.on(21, "vpd"), .on(5, "mystery")] {
            guard case .failure(.unsuitable) = reprocess(stage, key).value else {
                Issue.record("\(key.id) was computed again")
                continue
            }
        }
        #expect(throws: ServiceError.unknownSensor(.first, tank)) { try reprocess(stage, tank).value?.get() }
    }
}
