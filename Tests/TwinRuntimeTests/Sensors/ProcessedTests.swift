import Testing
import TwinCore

@testable import TwinRuntime

/// What devices are told of their raw values: after a reading, and when they ask.
@Suite struct ProcessedTests {
    private static let telling = RuntimeOptions(approval: .automatic)

    @Test func `a device is told what its raw value was processed to, at most once a second for each sensor`() throws {
        let stage = try Stage.greenhouse(options: Self.telling, catalogue: .models)
        stage.read(.first, raw: 160, seq: 1)
        stage.pass(milliseconds: 999)
        stage.read(.first, raw: 176, seq: 2)
        stage.sense(9, "tank", raw: 12, seq: 3)
        #expect(stage.left() == ["ESP_7C19F2/4 processed 10.0", "ESP_7C19F2/9 processed 12.0"])
        stage.pass(milliseconds: 1)
        stage.read(.first, raw: 192, seq: 4)
        #expect(stage.left() == ["ESP_7C19F2/4 processed 12.0"])
        #expect(stage.sensor(.on(4, "ds18b20"))?.count == 3)
    }

    @Test func `it is told when the value is durable`() throws {
        let stage = try Stage.greenhouse(options: Self.telling)
        stage.journal.mode = .held
        stage.read(.first, raw: 160, seq: 1)
        #expect(stage.left() == [])
        stage.journal.release()
        stage.settle()
        #expect(stage.left() == ["ESP_7C19F2/4 processed 10.0"])
    }

    @Test func `it is told nothing when that is switched off, nor of what it computed itself or nobody knows`() throws {
        let quiet = try Stage.greenhouse()
        quiet.read(.first, raw: 160, seq: 1)
        #expect(quiet.left() == [])
        let stage = try Stage.greenhouse(options: Self.telling)
        stage.hear(
            from: .first, "sensor/4/data",
            """
            {"esp_id":"ESP_7C19F2","seq":1,"gpio":4,"sensor_type":"ds18b20","raw":160,"value":10.0,"ts":1777600000,\
            "raw_mode":false}
            """)
        stage.sense(5, "mystery", raw: 3, seq: 2)
        #expect(stage.left() == [])
        #expect(stage.twin()?.sensors.count == 2)
    }

    private func request(_ stage: Stage, _ type: String, _ raw: String, id: String = "r-1") {
        stage.hear(
            from: .first, "pi_enhanced/request",
            "{\"gpio\":21,\"sensor_type\":\"\(type)\",\"raw_value\":\(raw),\"request_id\":\"\(id)\"}")
    }

    @Test func `a request for one value is answered on both topics and stores nothing`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        request(stage, "ds18b20", "160")
        let answer = try #require(stage.last("pi_enhanced/response"))
        #expect(answer.member("request_id") == "r-1")
        #expect(answer.member("value") == "10.0")
        #expect(stage.left() == ["ESP_7C19F2/21 processed 10.0", "ESP_7C19F2 answer ok"])
        #expect(stage.twin()?.sensors == [])
    }

    @Test func `a request for a chip is answered with all its values`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        request(stage, "sht31", "2576967270")
        let answer = try #require(stage.last("pi_enhanced/response"))
        #expect(answer.member("temperature") == "25.0")
        #expect(answer.member("humidity") == "60.0")
        #expect(stage.left() == ["ESP_7C19F2 answer ok"])
    }

    @Test(arguments: [("nonsense", "1"), ("sht31", "0.5"), ("fragile", "1")])
    func `a request that cannot be met is answered with the reason`(type: String, raw: String) throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        request(stage, type, raw)
        #expect(stage.last("pi_enhanced/response")?.member("error")?.isEmpty == false)
        #expect(stage.left() == ["ESP_7C19F2 answer error"])
        #expect(stage.deadLetters.isEmpty)
    }

    @Test func `of several sensors on one bus the one that is named counts, and without a name none of them`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        let roms = ["28AA11BB22CC33D4", "28AA11BB22CC33D5"]
        for (number, rom) in roms.enumerated() {
            stage.hear(
                from: .first, "sensor/9/data",
                """
                {"esp_id":"ESP_7C19F2","seq":\(number),"gpio":9,"sensor_type":"tank","raw":10,"ts":1777600000,\
                "raw_mode":true,"onewire_address":"\(rom)"}
                """)
            let key = SensorKey(gpio: .pin(9), type: "tank", address: .oneWire(rom))
            stage.calibrate(.begin(.offset, isInverted: false), key)
            stage.calibrate(.addPoint(reference: Double(11 + number), raw: nil), key)
            stage.calibrate(.apply, key)
        }
        func ask(_ more: String) -> String? {
            stage.hear(
                from: .first, "pi_enhanced/request", "{\"gpio\":9,\"sensor_type\":\"tank\",\"raw_value\":10\(more)}")
            return stage.last("pi_enhanced/response")?.member("value")
        }
        #expect(roms.map { ask(",\"onewire_address\":\"\($0)\"") } == ["11.0", "12.0"])
        #expect(ask("") == "10.0")
    }

    @Test func `people are answered with the sensor's own calibration, and nothing is stored`() throws {
        let stage = try Stage.greenhouse(catalogue: .models)
        stage.sense(9, "tank", raw: 10, seq: 1)
        for action in [.begin(.offset, isInverted: false), .addPoint(reference: 15, raw: nil), .apply]
            as [CalibrationAction]
        { stage.calibrate(action, .on(9, "tank")) }
        func process(_ device: DeviceID?, _ type: String, _ raw: Double) -> Result<[ProcessedMember], ServiceError> {
            stage.runtime.assumeIsolated {
                $0.process(
                    ProcessingCall(device: device, gpio: .pin(9), type: type, raw: raw),
                    askedAt: $0.loop.uptimeNanoseconds)
            }
        }
        let before = stage.twins
        #expect(try process(.first, "tank", 20).get().map(\.value) == [25])
        #expect(try process(nil, "tank", 20).get().map(\.value) == [20])
        #expect(try process(.second, "sht31", 2_576_967_270).get().map(\.name).sorted() == ["humidity", "temperature"])
        guard case .failure(.unprocessable) = process(nil, "nonsense", 1) else {
            Issue.record("nonsense was processed")
            return
        }
        #expect(stage.twins == before)
    }
}
