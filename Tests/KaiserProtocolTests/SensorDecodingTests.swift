import KaiserProtocol
import Testing
import TwinCore

@Suite struct SensorDecodingTests {
    /// A message with members added or replaced; `nil` removes one.
    private func payload(_ changes: [String: String?] = [:]) -> String {
        var members = [
            "esp_id": "\"ESP_7C19F2\"", "gpio": "4", "sensor_type": "\"ds18b20\"", "raw": "348", "ts": "1777500120",
        ]
        for (key, value) in changes { members[key] = value }
        return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    private func report(_ changes: [String: String?] = [:], isRetained: Bool = false) throws -> SensorReport {
        let message = try message("sensor/4/data", payload(changes), isRetained: isRetained)
        guard case .sensor(let report) = message else { throw Refusal(.unknownTopic, "\(message as Any)") }
        return report
    }

    private func reason(_ changes: [String: String?]) -> Refusal.Reason? {
        refusal("sensor/4/data", payload(changes))
    }

    @Test func `a full message becomes a report`() throws {
        let payload = """
            {"esp_id":"ESP_7C19F2","seq":118,"zone_id":"tent_a","subzone_id":"bench_1","gpio":4,\
            "sensor_type":"ds18b20","raw":348,"value":21.75,"unit":"°C","quality":"good","ts":1777500120,\
            "time_valid":true,"raw_mode":true,"onewire_address":"28AA11BB22CC33D4"}
            """
        guard case .sensor(let report) = try message("sensor/4/data", payload) else {
            Issue.record("no sensor report")
            return
        }
        let expected = SensorReport(
            gpio: GPIO(4)!, type: "ds18b20", address: .oneWire("28AA11BB22CC33D4"), raw: 348, value: 21.75,
            unit: "°C", quality: .good, clock: DeviceClock(wire: 1_777_500_120), isRaw: true, sequence: 118,
            digest: report.digest)
        #expect(report == expected)
    }

    @Test func `aliases and milliseconds are understood`() throws {
        let report = try report([
            "raw": nil, "raw_value": "352.0", "ts": nil, "timestamp": "1777599997000",
        ])
        #expect(report.raw == 352)
        #expect(report.clock == DeviceClock(wire: 1_777_599_997))
        #expect(report.isRaw)
        #expect(report.quality == nil)
        #expect(report.address == .none)
        #expect(try self.report(isRetained: true).isRetained)
    }

    @Test func `a clock that the device disowns is not plausible`() throws {
        #expect(try report(["ts": "912", "time_valid": "false"]).clock.isPlausible == false)
        #expect(try report(["time_valid": "false"]).clock.isPlausible == false)
        #expect(try report(["ts": "1777599998.25"]).clock.claimed.milliseconds == 1_777_599_998_250)
    }

    @Test(arguments: ["-2032", "2147483647", "-2147483648", "0.5", "1e3"])
    func `a raw value within signed 32 bit is kept exactly`(raw: String) throws {
        #expect(try report(["raw": raw]).raw == Double(raw))
    }

    @Test func `bus addresses are brought into one form`() throws {
        #expect(try report(["onewire_address": "\"28aa11bb22cc33d4\""]).address == .oneWire("28AA11BB22CC33D4"))
        #expect(try report(["onewire_address": "\"\""]).address == .none)
        #expect(try report(["i2c_address": "68"]).address == .i2c(68))
        #expect(try report(["i2c_address": "127"]).address == .i2c(127))
        #expect(try report(["i2c_address": "0"]).address == .none)
        #expect(
            try report(["i2c_address": "0", "onewire_address": "\"28AA11BB22CC33D4\""]).address
                == .oneWire("28AA11BB22CC33D4"))
    }

    @Test func `members nobody knows are ignored`() throws {
        #expect(try report(["relayed_by": "\"k\"", "meta": "{\"a\":[1,{}]}", "value": "null"]).raw == 348)
    }

    @Test(arguments: ["esp_id", "gpio", "sensor_type", "raw", "ts"])
    func `a member that must be there is missed`(key: String) {
        #expect(reason([key: nil]) == .missingField)
        #expect(reason([key: "null"]) == .missingField)
    }

    @Test(arguments: [
        ("esp_id", "7"), ("gpio", "\"4\""), ("gpio", "true"), ("gpio", "4.0"), ("sensor_type", "4"), ("raw", "\"348\""),
        ("raw", "\"wet\""), ("raw", "true"), ("raw", "[1]"), ("ts", "\"2026-05-01T01:46:38Z\""), ("quality", "1"),
        ("raw_mode", "\"yes\""), ("raw_mode", "1"), ("time_valid", "\"true\""), ("i2c_address", "68.5"),
        ("seq", "1.5"), ("error_code", "\"E1\""), ("value", "\"21\""), ("unit", "4"), ("onewire_address", "28"),
    ])
    func `a member of another type is refused`(key: String, value: String) {
        #expect(reason([key: value]) == .wrongType)
    }

    @Test(arguments: [
        ("raw", "2147483648"), ("raw", "-2147483649"), ("raw", "1000000000000000000000000000000"),
        ("raw", "2147483647.5"), ("i2c_address", "128"), ("i2c_address", "-1"), ("i2c_address", "300"), ("gpio", "256"),
        ("gpio", "-1"), ("sensor_type", "\"\""), ("sensor_type", "\"DS18B20\""), ("sensor_type", "\"ds 18\""),
        ("sensor_type", "\"a23456789012345678901234567890123\""), ("onewire_address", "\"28AA\""),
        ("onewire_address", "\"28AA11BB22CC33DG\""), ("seq", "-1"), ("seq", "4294967296"),
    ])
    func `a member out of range is refused`(key: String, value: String) { #expect(reason([key: value]) == .outOfRange) }

    @Test func `contradictions to the topic are refused`() {
        #expect(reason(["esp_id": "\"ESP_51E0B7\""]) == .idMismatch)
        #expect(reason(["gpio": "5"]) == .gpioMismatch)
        #expect(reason(["gpio": "255"]) == .gpioMismatch)
    }

    @Test(arguments: Quality.allCases)
    func `a quality is accepted exactly when devices may use its word`(quality: Quality) throws {
        let changes: [String: String?] = ["quality": "\"\(quality.rawValue)\""]
        if quality.isWireWord {
            #expect(try report(changes).quality == quality)
        } else {
            #expect(reason(changes) == .unknownValue)
        }
    }

    @Test func `a digest is the same for the same bytes and another for others`() throws {
        let one = try report().digest
        #expect(try report().digest == one)
        #expect(try report(["raw": "349"]).digest != one)
        #expect(try report(["seq": "1"]).digest != report(["seq": "2"]).digest)
    }
}
