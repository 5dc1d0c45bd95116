import KaiserProtocol
import Testing
import TwinCore

@testable import Fleet

@Suite struct SensorTests {
    @Test func sendsBothValuesOfAPairWithTheirAddressAndRisingNumbers() {
        dialogue(hiding: ["session", "system", "actuator", "sensor/4/", "sensor/3"]) { device, server in
            device.connects()
            server.acknowledges()
            device.waits(20)
            device.says(
                "sensor/0/data", #""esp_id":"ESP_7C19F2","seq":"#, #""zone_id":"tent_a","subzone_id":"","gpio":0"#,
                #""sensor_type":"sht31_temp","raw":"#, #""unit":"°C","quality":"good","ts":17776000"#,
                #""time_valid":true,"raw_mode":true,"i2c_address":68}"#)
            device.says("sensor/0/data", #""sensor_type":"sht31_humidity""#, #""unit":"%RH""#)
            device.saysNothing()
        }
    }

    @Test func measuresEachSensorOncePerInterval() {
        dialogue(hiding: ["session", "system", "actuator"]) { device, server in
            device.connects()
            server.acknowledges()
            server.attends(seconds: 600)
            #expect(device.count(of: "sensor/4/") == 20)
            #expect(device.count(of: "sensor/0/") == 60)
            #expect(device.count(of: "sensor/34/") == 20)
            #expect(device.count(of: "sensor/32/") == 10)
        }
    }

    @Test func doesNotCatchUpWithReadingsItMissed() {
        dialogue(hiding: ["session", "system", "actuator", "sensor/0/", "sensor/3"]) { device, server in
            device.connects()
            server.acknowledges()
            device.waits(30)
            device.mumbles()
            device.dialogue.passUnnoticed(seconds: 100)
            device.waits(0)
            #expect(device.count(of: "sensor/4/") == 1)
        }
    }

    @Test func countsItsMessagesFromOneWithoutGaps() throws {
        let run = Dialogue(.bench, hiding: [])
        run.absorb(run.device.connected(at: run.now))
        ServerSide(dialogue: run).acknowledges()
        run.pass(seconds: 100)
        var numbers: [UInt32] = []
        for message in run.unread {
            guard
                case .report(let report) = try KaiserDecoder.decode(
                    topic: Array(message.topic.utf8).span, payload: message.payload.span, isRetained: false)
            else { continue }
            if case .sensor(let reading) = report.message { numbers.append(try #require(reading.sequence)) }
        }
        // Four status messages went before, and four of them again after each 30 s.
        #expect(numbers.first == 5)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 > $0 })
        #expect(Int(numbers.last ?? 0) <= numbers.count + 16)
    }

    @Test func putsValuesOnTheWireAsTheChipsDo() {
        #expect(RawReading.ds18b20(celsius: 21.75).raw == 348)
        #expect(RawReading.ds18b20(celsius: -5.5).raw == -88)
        #expect(RawReading.ds18b20(celsius: -300).raw == -880)
        #expect(RawReading.sht31(relativeHumidity: 60).raw == 39_321)
        #expect(RawReading.sht31(relativeHumidity: 130).raw == 65_535)
        #expect(RawReading.sht31(celsius: -45).raw == 0)
        #expect(RawReading.moisture(percent: 0).raw == 3200)
        #expect(RawReading.moisture(percent: 100).raw == 1500)
        #expect(RawReading.ph(7).raw == 1861)
        #expect(RawReading.ec(microsiemens: 0).isAtRail)
        #expect(!RawReading.ec(microsiemens: 1600).isAtRail)
    }

    @Test(arguments: [-20.0, 0, 3.3, 19.99, 38.5])
    func previewsTheValueItMeasuredWithinOneCount(value: Double) {
        #expect(abs(RawReading.ds18b20(celsius: value).value - value) <= 0.04)
        #expect(abs(RawReading.sht31(celsius: value).value - value) <= 0.002)
        let positive = abs(value)
        #expect(abs(RawReading.sht31(relativeHumidity: positive).value - positive) <= 0.001)
        #expect(abs(RawReading.moisture(percent: positive).value - positive) <= 0.03)
        #expect(abs(RawReading.ec(microsiemens: positive * 100).value - positive * 100) <= 2.5)
        #expect(abs(RawReading.ph(4 + positive / 10).value - (4 + positive / 10)) <= 0.002)
    }

    @Test func writesNumbersAsTheDeviceDoes() {
        var payload = PayloadWriter()
        payload.add("a", -5.5, decimals: 2)
        payload.add("b", 0.049, decimals: 2)
        payload.add("c", -0.001, decimals: 2)
        payload.add("d", 1, decimals: 3)
        payload.add("e", "line\n\"quoted\\\"")
        let expected = #"{"a":-5.50,"b":0.05,"c":0.00,"d":1.000,"e":"line\u000a\"quoted\\\""}"#
        #expect(String(decoding: payload.finished(), as: UTF8.self) == expected)
    }
}
