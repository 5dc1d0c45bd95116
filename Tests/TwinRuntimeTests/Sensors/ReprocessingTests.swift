import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// Stored values are computed again from their raw ones when somebody asks.
@Suite struct ReprocessingTests {
    private let tank = SensorKey.on(9, "tank")

    private func reprocess(
        _ stage: Stage, _ sensor: SensorKey, from: UnixTime = UnixTime(milliseconds: 0), to: UnixTime? = nil
    ) -> Stage.Answer<Reprocessing> {
        let request = ReprocessingRequest(device: .first, sensor: sensor, from: from, to: to, by: "user:mara")
        return stage.ask { $0.reprocess(request, $1) }
    }

    private func stored(_ stage: Stage, _ key: SensorKey) -> [Sample] {
        stage.journal.disk.facts.compactMap { entry in
            if case .sensor(key, .sampled(let sample)) = entry.fact.event { sample } else { nil }
        }
    }

    @Test func `stored values are computed again from their raw ones, in the span that is asked for`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        for number in 1...3 {
            stage.sense(9, "tank", raw: Double(number), seq: number)
            stage.pass(milliseconds: 10_000)
        }
        for action in [.begin(.offset, isInverted: false), .addPoint(reference: 5, raw: nil), .apply]
            as [CalibrationAction]
        { stage.calibrate(action, tank) }
        let from = UnixTime.fixtureNow.advanced(byMilliseconds: 10_000)
        let report = try #require(try reprocess(stage, tank, from: from).value?.get())
        #expect((report.examined, report.changed) == (2, 2))
        #expect(report.model == ModelStamp(version: 7, calibration: 1))
        #expect(stored(stage, tank).map(\.value) == [1, 4, 5])
        #expect(stored(stage, tank).map(\.raw) == [1, 2, 3])
        #expect(stored(stage, tank).map { $0.model?.calibration } == [0, 1, 1])
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

    @Test func `each value is computed again with the temperature that it had`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        let acidity = SensorKey.on(34, "ph")
        for (number, celsius) in [35, 15].enumerated() {
            stage.read(.first, raw: celsius * 16, seq: 2 * number)
            stage.sense(34, "ph", raw: 1_000, seq: 2 * number + 1)
            stage.pass(milliseconds: 1_000)
        }
        #expect(stored(stage, acidity).map(\.value) == [9.36, 9.5])
        // The line that holds anyway, so only the calibration's number is new.
        stage.calibrate(.begin(.linear, isInverted: false), acidity)
        stage.calibrate(.addPoint(reference: 12.25, raw: 0), acidity)
        stage.calibrate(.addPoint(reference: 6.4735, raw: 2048), acidity)
        #expect(throws: Never.self) { try stage.calibrate(.apply, acidity).value?.get() }
        let report = try #require(try reprocess(stage, acidity).value?.get())
        #expect((report.examined, report.changed) == (2, 2))
        #expect(stored(stage, acidity).map(\.value) == [9.36, 9.5])
        #expect(stored(stage, acidity).map { $0.model?.calibration } == [1, 1])
    }

    /// A BMP280 whose pressure is of the given version.
    private func chip(version: UInt32) -> Catalogue {
        Catalogue(
            sensorKinds: [
                SensorKind(
                    name: "bmp280_temp", unit: "°C", range: -40...85,
                    processing: Processing(
                        [.bosch(.bmp280, .temperature), .round(decimals: 2)], quality: [QualityRule(.good, .otherwise)]),
                    staleAfterSeconds: 180),
                SensorKind(
                    name: "bmp280_pressure", unit: "hPa", range: 300...1100,
                    processing: Processing([.bosch(.bmp280, .pressure), .round(decimals: 1)]), staleAfterSeconds: 180,
                    companion: CompanionRule(kinds: ["bmp280_temp"], scope: .chip, maximumAgeSeconds: 120),
                    version: version),
            ], actuatorKinds: [], digest: "chip-\(version)")
    }

    @Test func `register words are computed again with what another sensor of the chip knows`() throws {
        let stage = try Stage.greenhouse(catalogue: chip(version: 1))
        // The worked example of the BMP280 data sheet, section 3.12.
        stage.hear(
            from: .first, "sensor/21/data",
            """
            {"esp_id":"ESP_7C19F2","seq":1,"gpio":21,"sensor_type":"bmp280_temp","raw":519888,"ts":1777600000,\
            "raw_mode":true,"calibration":{"dig_T1":27504,"dig_T2":26435,"dig_T3":-1000,"dig_P1":36477,\
            "dig_P2":-10685,"dig_P3":3024,"dig_P4":2855,"dig_P5":140,"dig_P6":-7,"dig_P7":15500,"dig_P8":-14600,\
            "dig_P9":6000}}
            """)
        stage.sense(21, "bmp280_pressure", raw: 415_148, seq: 2)
        let pressure = SensorKey.on(21, "bmp280_pressure")
        #expect(stage.sensor(pressure)?.latest?.value == 1006.5)
        stage.pass(milliseconds: 1_000)
        stage.adopt(chip(version: 2))
        let report = try #require(try reprocess(stage, pressure).value?.get())
        #expect((report.examined, report.changed) == (1, 1))
        #expect(stored(stage, pressure).map(\.value) == [1006.5])
        #expect(stored(stage, pressure).map { $0.model?.version } == [2])
    }
}
