import KaiserProtocol
import Testing
import TwinCore

@Suite struct BatchDecodingTests {
    private static let example = Example(
        topic: "sensor/batch", members: ["esp_id": "\"ESP_7C19F2\"", "ts": "1777599996", "sensors": "[\(ph)]"])
    private static let ph = #"{"gpio":34,"sensor_type":"ph","value":6.3,"unit":"pH","quality":"good"}"#

    private func reports(_ changes: [String: String?]) throws -> [SensorReport] {
        guard case .sensorBatch(let reports) = try Self.example.message(changes) else {
            throw Refusal(.unknownTopic, "no batch")
        }
        return reports
    }

    @Test func `each element is a reading that the device has converted itself`() throws {
        let list =
            #"[{"gpio":4,"sensor_type":"ds18b20","value":21.7,"onewire_address":"28aa11bb22cc33d4"},\#(Self.ph)]"#
        let reports = try reports(["sensors": list, "seq": "7", "ts": nil, "timestamp": "1777599996000"])
        let clock = DeviceClock(wire: 1_777_599_996)
        #expect(
            reports == [
                SensorReport(
                    gpio: GPIO(4)!, type: "ds18b20", address: .oneWire("28AA11BB22CC33D4"), raw: 21.7, value: 21.7,
                    clock: clock, isRaw: false, sequence: 7, digest: reports[0].digest),
                SensorReport(
                    gpio: GPIO(34)!, type: "ph", raw: 6.3, value: 6.3, unit: "pH", quality: .good, clock: clock,
                    isRaw: false, sequence: 7, digest: reports[1].digest),
            ])
    }

    @Test func `equal elements of one batch are told apart, a redelivered batch is not`() throws {
        let twice = ["sensors": "[\(Self.ph),\(Self.ph)]"]
        let digests = try reports(twice).map(\.digest)
        #expect(Set(digests).count == 2)
        #expect(try reports(twice).map(\.digest) == digests)
        #expect(try reports(twice.merging(["seq": "1"]) { $1 }).map(\.digest) != digests)
    }

    @Test(
        arguments: [
            ("esp_id", nil, .missingField), ("esp_id", "\"ESP_51E0B7\"", .idMismatch), ("ts", nil, .missingField),
            ("ts", "\"now\"", .wrongType), ("sensors", nil, .missingField), ("sensors", "[]", .missingField),
            ("sensors", "{\"gpio\":4}", .wrongType), ("sensors", "[7]", .wrongType), ("sensors", "[null]", .wrongType),
        ] as [(String, String?, Refusal.Reason)])
    func `a batch without its parts is refused`(key: String, value: String?, reason: Refusal.Reason) {
        #expect(Self.example.reason([key: value]) == reason)
    }

    @Test(
        arguments: [
            (#"{"gpio":49,"sensor_type":"ph","value":1}"#, .outOfRange),
            (#"{"gpio":255,"sensor_type":"ph","value":1}"#, .outOfRange),
            (#"{"gpio":"4","sensor_type":"ph","value":1}"#, .wrongType),
            (#"{"sensor_type":"ph","value":1}"#, .missingField), (#"{"gpio":4,"value":1}"#, .missingField),
            (#"{"gpio":4,"sensor_type":"ph"}"#, .missingField),
            (#"{"gpio":4,"sensor_type":"ph","value":1e300}"#, .outOfRange),
            (#"{"gpio":4,"sensor_type":"ph","value":1,"quality":"stale"}"#, .unknownValue),
            (#"{"gpio":4,"sensor_type":"ph","value":1,"i2c_address":128}"#, .outOfRange),
        ] as [(String, Refusal.Reason)])
    func `one bad element refuses the batch and says where it stands`(element: String, reason: Refusal.Reason) {
        let payload = Self.example.payload(["sensors": "[\(Self.ph),\(element)]"])
        let refusal = refusal(bytes: Array((base + "sensor/batch").utf8), Array(payload.utf8))
        #expect(refusal?.reason == reason)
        #expect(refusal?.detail.hasPrefix("sensors[1]: ") == true)
    }

    @Test func `the number of elements is bounded`() throws {
        func list(_ count: Int) -> String {
            "[" + Array(repeating: #"{"gpio":4,"sensor_type":"ph","value":1}"#, count: count).joined(separator: ",")
                + "]"
        }
        #expect(try reports(["sensors": list(64)]).count == 64)
        #expect(Self.example.reason(["sensors": list(65)]) == .tooLarge)
    }
}
