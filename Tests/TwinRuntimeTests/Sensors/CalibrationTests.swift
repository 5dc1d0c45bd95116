import Testing
import TwinCore

@testable import TwinRuntime

/// A calibration counts from the next reading on.
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
}
