import KaiserProtocol
import Testing
import TwinCore

@Suite struct ConfigurationDecodingTests {
    private static let example = Example(
        topic: "config_response",
        members: ["status": "\"success\"", "type": "\"sensor\"", "count": "2", "correlation_id": "\"cfg-51\""])

    private func answer(_ changes: [String: String?] = [:]) throws -> ConfigurationAnswer {
        guard case .configuration(let answer) = try Self.example.message(changes) else {
            throw Refusal(.unknownTopic, "no answer")
        }
        return answer
    }

    @Test func `an answer for a section is read whole`() throws {
        #expect(
            try answer(["message": "\"2 sensors\"", "seq": "77"])
                == ConfigurationAnswer(
                    status: .success, section: .sensor, count: 2, message: "2 sensors", correlation: "cfg-51"))
    }

    @Test func `one refused item is a failure with the answer's words`() throws {
        let answer = try answer([
            "status": "\"error\"", "type": "\"actuator\"", "count": "0", "message": "\"no name\"",
            "error_code": "\"MISSING_FIELD\"", "failed_item": "{\"gpio\":26,\"actuator_type\":\"pump\"}",
        ])
        #expect(answer.errorCode == "MISSING_FIELD")
        #expect(
            answer.failures == [
                ConfigurationAnswer.Failure(type: "pump", gpio: GPIO(26)!, code: "MISSING_FIELD", detail: "no name")
            ])
        #expect(answer.flags.isEmpty)
    }

    @Test func `several refused items are listed, with a word or a number`() throws {
        let answer = try answer([
            "status": "\"partial\"", "failed_count": "3",
            "failures": """
            [{"type":"sensor","gpio":12,"error_code":1002,"error":"GPIO_CONFLICT","detail":"taken"},\
            {"sensor_type":"ph","gpio":99,"error_code":1041},{}]
            """,
        ])
        #expect(answer.status == .partialSuccess)
        #expect(
            answer.failures == [
                ConfigurationAnswer.Failure(type: "sensor", gpio: GPIO(12)!, code: "GPIO_CONFLICT", detail: "taken"),
                ConfigurationAnswer.Failure(type: "ph", code: "1041", detail: ""),
                ConfigurationAnswer.Failure(code: "CONTRACT_UNKNOWN_CODE", detail: ""),
            ])
        #expect(answer.flags.isEmpty)
    }

    @Test func `failures that are not listed are counted in a flag`() throws {
        func list(_ count: Int) -> String { "[" + Array(repeating: "{}", count: count).joined(separator: ",") + "]" }
        #expect(
            try answer(["failures": list(10), "failures_truncated": "true", "total_failures": "14"]).flags
                == ["10 of 14 failures are listed"])
        let many = try answer(["failures": list(12)])
        #expect(many.failures.count == ConfigurationAnswer.maximumFailures)
        #expect(many.flags == ["10 of 12 failures are listed"])
        #expect(
            try answer(["failures": list(2), "failures_truncated": "true"]).flags == ["not all failures are listed"])
        #expect(Self.example.reason(["failures": list(65)]) == .tooLarge)
    }

    @Test(
        arguments: [
            ("success", .success), ("ok", .success), ("error", .error), ("failed", .error),
            ("partial_success", .partialSuccess), ("partial", .partialSuccess),
        ] as [(String, ConfigurationAnswer.Status)])
    func `a status has a canonical word`(wire: String, status: ConfigurationAnswer.Status) throws {
        #expect(try answer(["status": "\"\(wire)\""]).status == status)
    }

    @Test(
        arguments: [
            ("type", "sensor", .sensor, nil), ("config_type", "actuator", .actuator, nil), ("type", "wifi", .wifi, nil),
            ("type", "cfg", .system, nil), ("type", "configuration", .system, nil), ("type", "unknown", .unknown, nil),
            ("type", "zone", .zone, nil), ("config_type", "moon", .system, "unknown config_type 'moon'"),
            ("type", "moon", .system, "unknown type 'moon'"), ("other", "sensor", .unknown, "missing type"),
        ] as [(String, String, ConfigurationAnswer.Section, String?)])
    func `a section has a canonical word`(
        key: String, wire: String, section: ConfigurationAnswer.Section, flag: String?
    ) throws {
        let answer = try answer(["type": nil].merging([key: "\"\(wire)\""]) { $1 })
        #expect(answer.section == section)
        #expect(answer.flags == [flag].compactMap(\.self))
    }

    @Test(
        arguments: [
            ("NONE", nil, false), ("GPIO_CONFLICT", "GPIO_CONFLICT", false), ("STALE_SCOPE", "STALE_SCOPE", false),
            ("OUTBOX_FULL", "OUTBOX_FULL", false), ("MOOD", "CONTRACT_UNKNOWN_CODE", true),
        ] as [(String, String?, Bool)])
    func `an error has a known word`(wire: String, code: String?, isFlagged: Bool) throws {
        let answer = try answer(["error_code": "\"\(wire)\""])
        #expect(answer.errorCode == code)
        #expect(answer.flags == (isFlagged ? ["unknown error_code '\(wire)'"] : []))
    }

    @Test func `a missing correlation id is flagged`() throws {
        let standIn = try answer(["correlation_id": nil, "request_id": "\"r-9\""])
        #expect(standIn.correlation == "r-9")
        #expect(standIn.flags == ["request_id stands in for correlation_id"])
        let none = try answer(["correlation_id": nil])
        #expect(none.correlation == nil)
        #expect(none.flags == ["missing correlation_id"])
    }

    @Test(
        arguments: [
            (["status": nil], .missingField), (["status": "\"mystery\""], .unknownValue),
            (["status": "true"], .wrongType), (["count": "-1"], .outOfRange), (["count": "\"2\""], .wrongType),
            (["failures": "{}"], .wrongType), (["failures": "[7]"], .wrongType), (["failed_item": "[]"], .wrongType),
            (["failures": "[{\"gpio\":\"4\"}]"], .wrongType), (["error_code": "7"], .wrongType),
            (["esp_id": "\"ESP_51E0B7\""], .idMismatch),
        ] as [([String: String?], Refusal.Reason)])
    func `an answer that cannot be used is refused`(changes: [String: String?], reason: Refusal.Reason) {
        #expect(Self.example.reason(changes) == reason)
    }

    @Test(
        arguments: [("sensor", .sensor), ("actuator", .actuator)] as [(String, ConfigurationAnswer.Section)])
    func `on a pin's topic the bare arrival is the answer`(level: String, section: ConfigurationAnswer.Section) throws {
        let topic = "config/\(level)/34/ack"
        let bare = ConfigurationAnswer(status: .success, section: section, message: "", gpio: GPIO(34)!)
        #expect(try message(topic, "{}") == .configuration(bare))
        #expect(
            try message(topic, "{\"status\":\"ok\",\"gpio\":34,\"enabled\":true,\"interval_ms\":10000}")
                == .configuration(bare))
        let failed = ConfigurationAnswer(
            status: .error, section: section, message: "m", errorCode: "OUT_OF_RANGE", correlation: "c",
            gpio: GPIO(34)!, flags: ["gpio 35 contradicts the topic"])
        let payload = """
            {"status":"error","message":"m","error_code":"OUT_OF_RANGE","gpio":35,"correlation_id":"c"}
            """
        #expect(try message(topic, payload) == .configuration(failed))
        guard case .configuration(let answer) = try message(topic, "{\"success\":false}") else {
            Issue.record("no answer")
            return
        }
        #expect(answer.status == .error)
        #expect(refusal(topic, "{\"status\":\"mystery\"}") == .unknownValue)
        #expect(refusal(topic, "") == .emptyPayload)
    }
}
