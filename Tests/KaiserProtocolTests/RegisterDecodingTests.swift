import Testing
import TwinCore

@testable import KaiserProtocol

/// What a Bosch chip's raw word is sent with.
@Suite struct RegisterDecodingTests {
    private func report(_ members: String) throws(Refusal) -> SensorReport {
        let payload = """
            {"esp_id":"ESP_7C19F2","gpio":0,"sensor_type":"bmp280_pressure","raw":415148,"ts":1777600000\(members)}
            """
        guard
            case .report(let report) = try decode("sensor/0/data", payload),
            case .sensor(let sensor) = report.message
        else { throw Refusal(.unknownTopic, "no sensor report") }
        return sensor
    }

    @Test func `a chip that sends none has none`() throws {
        #expect(try report("").registers == nil)
    }

    @Test func `the data sheet's words arrive as they are`() throws {
        let registers = try report(
            #"""
            ,"raw_temperature":519888,"calibration":{"dig_T1":27504,"dig_T2":26435,"dig_T3":-1000,"dig_P1":36477,\#
            "dig_P2":-10685,"dig_P3":3024,"dig_P4":2855,"dig_P5":140,"dig_P6":-7,"dig_P7":15500,"dig_P8":-14600,\#
            "dig_P9":6000}
            """#
        ).registers
        #expect(registers?.rawTemperature == 519_888)
        #expect(registers?.words?.temperature == .init(t1: 27504, t2: 26435, t3: -1000))
        #expect(
            registers?.words?.pressure
                == .init(
                    p1: 36477, p2: -10685, p3: 3024, p4: 2855, p5: 140, p6: -7, p7: 15500, p8: -14600, p9: 6000))
        #expect(registers?.words?.humidity == nil)
    }

    @Test func `the temperature word alone is enough to be kept`() throws {
        #expect(try report(#","raw_temperature":519888"#).registers == ChipRegisters(rawTemperature: 519_888))
    }

    @Test(arguments: [
        (#","calibration":{"dig_T1":27504,"dig_T2":26435}"#, Refusal.Reason.missingField),
        (#","calibration":{"dig_T1":-1,"dig_T2":26435,"dig_T3":-1000}"#, .outOfRange),
        (#","calibration":{"dig_T1":27504,"dig_T2":32768,"dig_T3":-1000}"#, .outOfRange),
        (#","calibration":{"dig_H1":1.5}"#, .wrongType), (#","calibration":7"#, .wrongType),
        (#","raw_temperature":"warm""#, .wrongType),
    ])
    func `a group that is not whole or not in its width is refused`(_ members: String, _ reason: Refusal.Reason) {
        let refusal = #expect(throws: Refusal.self) { try report(members) }
        #expect(refusal?.reason == reason)
    }
}
