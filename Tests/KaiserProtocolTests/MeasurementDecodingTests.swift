import KaiserProtocol
import Testing
import TwinCore

@Suite struct MeasureAnswerDecodingTests {
    private static let example = Example(
        topic: "sensor/34/response", members: ["request_id": "\"m-204\"", "success": "true", "raw": "1990"])

    private func answer(_ changes: [String: String?] = [:]) throws -> MeasureAnswer {
        guard case .measured(let answer) = try Self.example.message(changes) else {
            throw Refusal(.unknownTopic, "no answer")
        }
        return answer
    }

    @Test func `a full answer is read whole`() throws {
        let answer = try answer([
            "gpio": "34", "command": "\"measure\"", "measurement_ok": "true", "publish_ok": "true",
            "timeout": "false", "reason_code": "\"NONE\"", "quality": "\"good\"", "sensor_type": "\"ph\"",
            "ts": "1777599994", "seq": "121", "intent_id": "\"m-204\"", "ttl_ms": "5000",
        ])
        #expect(
            answer
                == MeasureAnswer(
                    gpio: GPIO(34)!, request: "m-204", isSuccess: true, reason: "NONE", type: "ph", raw: 1990,
                    quality: .good))
    }

    @Test func `the smallest answer is enough`() throws {
        let bare = MeasureAnswer(gpio: GPIO(34)!, request: "m-204", isSuccess: true, reason: "NONE")
        #expect(try answer(["raw": nil]) == bare)
        #expect(try answer(["raw": nil, "raw_value": "1.5"]).raw == 1.5)
    }

    @Test(arguments: ["correlation_id", "intent_id"])
    func `another id stands in for the request's, flagged`(key: String) throws {
        let answer = try answer(["request_id": nil, key: "\"m-7\""])
        #expect(answer.request == "m-7")
        #expect(answer.flags == ["\(key) stands in for request_id"])
    }

    @Test(
        arguments: [
            (["success": "false", "reason_code": "\"MEASURE_TIMEOUT\""], false, []),
            (["success": "\"yes\""], true, ["success is text"]),
            (["success": nil, "measurement_ok": "true", "publish_ok": "true"], true, ["missing success"]),
            (
                ["success": nil, "measurement_ok": "true", "publish_ok": "false", "reason_code": "\"NONE\""], false,
                ["missing success"]
            ),
            (
                ["timeout": "true", "reason_code": "\"NONE\""], false,
                ["success contradicts measurement_ok, publish_ok or timeout"]
            ),
            (["success": "false"], false, ["missing reason_code"]),
        ] as [([String: String?], Bool, [String])])
    func `an answer is a success only where nothing in it went wrong`(
        changes: [String: String?], isSuccess: Bool, flags: [String]
    ) throws {
        let answer = try answer(changes)
        #expect(answer.isSuccess == isSuccess)
        #expect(answer.flags == flags)
    }

    @Test func `an unknown reason is kept and flagged, a missing one has a word`() throws {
        let odd = try answer(["success": "false", "reason_code": "\"MOOD\""])
        #expect(odd.reason == "MOOD")
        #expect(odd.flags == ["unknown reason_code 'MOOD'"])
        #expect(try answer(["success": "false"]).reason == "CONTRACT_UNKNOWN_CODE")
    }

    @Test func `an answer that contradicts its topic is kept for the topic's pin`() throws {
        let answer = try answer(["gpio": "4", "esp_id": "\"ESP_51E0B7\""])
        #expect(answer.gpio == GPIO(34))
        #expect(answer.flags == ["esp_id 'ESP_51E0B7' contradicts the topic", "gpio 4 contradicts the topic"])
    }

    @Test(
        arguments: [
            (["request_id": nil], .missingField), (["request_id": "\"\""], .missingField),
            (["request_id": "7"], .wrongType), (["success": nil], .missingField), (["success": "1"], .wrongType),
            (["raw": "\"1990\""], .wrongType), (["raw": "2147483648"], .outOfRange),
            (["quality": "\"excellent\""], .unknownValue), (["sensor_type": "\"P H\""], .outOfRange),
            (["timeout": "0"], .wrongType), (["request_id": "\"\(String(repeating: "m", count: 65))\""], .outOfRange),
        ] as [([String: String?], Refusal.Reason)])
    func `an answer that cannot be used is refused`(changes: [String: String?], reason: Refusal.Reason) {
        #expect(Self.example.reason(changes) == reason)
    }
}

@Suite struct ProcessingRequestDecodingTests {
    private static let example = Example(
        topic: "pi_enhanced/request",
        members: ["gpio": "4", "raw_value": "348", "type": "\"digital\"", "sensor_type": "\"ds18b20\""])

    private func request(_ changes: [String: String?] = [:]) throws -> ProcessingRequest {
        guard case .processing(let request) = try Self.example.message(changes) else {
            throw Refusal(.unknownTopic, "no request")
        }
        return request
    }

    @Test func `a request names pin, kind and value`() throws {
        #expect(try request() == ProcessingRequest(gpio: GPIO(4)!, type: "ds18b20", raw: 348))
        let addressed = try request([
            "raw_value": nil, "raw_data": "4294967295", "i2c_address": "68", "correlation_id": "\"c\"",
        ])
        #expect(
            addressed
                == ProcessingRequest(
                    gpio: GPIO(4)!, type: "ds18b20", address: .i2c(68), raw: 4_294_967_295, request: "c"))
        #expect(try request(["request_id": "\"r\"", "correlation_id": "\"c\""]).request == "r")
        #expect(try request(["raw_value": nil, "raw": "-2147483648"]).raw == -2_147_483_648)
    }

    @Test func `type stands in for sensor_type unless it names the kind of pin`() throws {
        #expect(try request(["sensor_type": nil, "type": "\"dht22\""]).type == "dht22")
        #expect(Self.example.reason(["sensor_type": nil, "type": "\"analog\""]) == .missingField)
        #expect(Self.example.reason(["sensor_type": nil]) == .missingField)
        #expect(Self.example.reason(["sensor_type": nil, "type": nil]) == .missingField)
    }

    @Test(
        arguments: [
            (["gpio": nil], .missingField), (["gpio": "255"], .outOfRange), (["gpio": "4.0"], .wrongType),
            (["raw_value": nil], .missingField), (["raw_value": "\"x\""], .wrongType),
            (["raw_value": "4294967296"], .outOfRange), (["raw_value": "-2147483649"], .outOfRange),
            (["sensor_type": "\"\""], .outOfRange), (["esp_id": "\"ESP_51E0B7\""], .idMismatch),
        ] as [([String: String?], Refusal.Reason)])
    func `a request that cannot be answered is refused`(changes: [String: String?], reason: Refusal.Reason) {
        #expect(Self.example.reason(changes) == reason)
    }
}
