import KaiserProtocol
import Testing
import TwinCore

@Suite struct DiagnosticsDecodingTests {
    private static let example = Example(
        topic: "system/diagnostics", members: ["heap_free": "170100", "wifi_rssi": "-59"])

    private func diagnostics(_ changes: [String: String?] = [:]) throws -> Diagnostics {
        guard case .diagnostics(let diagnostics) = try Self.example.message(changes) else {
            throw Refusal(.unknownTopic, "no diagnostics")
        }
        return diagnostics
    }

    @Test func `diagnostics are read whole`() throws {
        let full = try diagnostics([
            "ts": "10061", "esp_id": "\"ESP_7C19F2\"", "heap_min_free": "150320", "heap_fragmentation": "12",
            "uptime_seconds": "10062", "error_count": "1", "wifi_connected": "true", "sensor_count": "2",
            "actuator_count": "3", "system_state": "\"running\"", "boot_reason": "\"SW\"",
            "boot_sequence_id": "\"ESP_7C19F2-b17-r1\"", "mqtt_cb_state": "\"HALF_OPEN\"", "mqtt_cb_failures": "4",
            "wdt_mode": "\"PRODUCTION\"", "wdt_timeouts_24h": "5",
        ])
        #expect(
            full
                == Diagnostics(
                    uptimeSeconds: 10_062, heapFreeBytes: 170_100, heapMinimumBytes: 150_320,
                    heapFragmentationPercent: 12, rssiDBm: -59, errorCount: 1, sensorCount: 2, actuatorCount: 3,
                    systemState: "OPERATIONAL", bootSequence: "ESP_7C19F2-b17-r1", resetReason: "SW",
                    breakerState: "HALF_OPEN", breakerFailures: 4, watchdogMode: "PRODUCTION", watchdogTimeouts: 5))
        #expect(try diagnostics() == Diagnostics(heapFreeBytes: 170_100, rssiDBm: -59))
    }

    @Test func `the time of diagnostics is an uptime and never a civil time`() throws {
        #expect(try diagnostics(["ts": "10061"]).uptimeSeconds == 10_061)
        #expect(try diagnostics(["ts": "1777600000"]).uptimeSeconds == nil)
        #expect(try diagnostics(["ts": "-1"]).uptimeSeconds == nil)
    }

    @Test func `unknown words are kept or replaced, and flagged`() throws {
        let odd = try diagnostics([
            "system_state": "\"flying\"", "mqtt_cb_state": "\"AJAR\"", "wdt_mode": "\"NAP\"",
            "reset_reason": "\"MAGIC\"",
        ])
        #expect(odd.systemState == "UNKNOWN")
        #expect(odd.breakerState == "AJAR")
        #expect(odd.watchdogMode == "NAP")
        #expect(odd.resetReason == "MAGIC")
        #expect(
            odd.flags == [
                "unknown reset_reason 'MAGIC'", "unknown system_state 'flying'", "unknown mqtt_cb_state 'AJAR'",
                "unknown wdt_mode 'NAP'",
            ])
    }

    @Test(
        arguments: [
            (["heap_free": nil], .missingField), (["wifi_rssi": nil], .missingField),
            (["heap_free": "170100.5"], .wrongType), (["wifi_rssi": "128"], .outOfRange),
            (["heap_fragmentation": "101"], .outOfRange), (["ts": "1.5"], .wrongType),
            (["metrics_schema_version": "2"], .missingField), (["esp_id": "\"ESP_51E0B7\""], .idMismatch),
            (["error_count": "true"], .wrongType), (["system_state": "7"], .wrongType),
        ] as [([String: String?], Refusal.Reason)])
    func `diagnostics that cannot be used are refused`(changes: [String: String?], reason: Refusal.Reason) {
        #expect(Self.example.reason(changes) == reason)
    }
}

@Suite struct DeviceErrorDecodingTests {
    private static let example = Example(
        topic: "system/error",
        members: ["error_code": "1040", "severity": "2", "category": "\"HARDWARE\"", "message": "\"read failed\""])

    private func error(_ changes: [String: String?] = [:]) throws -> DeviceError {
        guard case .error(let error) = try Self.example.message(changes) else {
            throw Refusal(.unknownTopic, "no error")
        }
        return error
    }

    @Test func `an error is read whole`() throws {
        let expected = DeviceError(
            code: 1040, severity: .error, category: "HARDWARE", message: "read failed",
            clock: DeviceClock(wire: 1_777_600_000), uptimeMilliseconds: 10_061_000)
        let context = "{\"esp_id\":\"ESP_7C19F2\",\"uptime_ms\":10061000}"
        #expect(try error(["context": context, "ts": "1777600000"]) == expected)
        #expect(try error(["context": context, "timestamp": "1777600000000"]) == expected)
        #expect(try error().clock == nil)
    }

    @Test(
        arguments: [
            ("0", .info, nil), ("3", .critical, nil), ("\"warning\"", .warning, nil), ("\"CRITICAL\"", .critical, nil),
            ("\"1\"", .warning, nil), ("9", .error, "unknown severity 9"),
            ("\"dire\"", .error, "unknown severity 'dire'"), (nil, .error, "missing severity"),
            ("true", .error, "severity is a boolean"), ("1.5", .error, "severity is a number"),
        ] as [(String?, DeviceError.Severity, String?)])
    func `a severity is a number or a word, anything else an error`(
        wire: String?, severity: DeviceError.Severity, flag: String?
    ) throws {
        let error = try error(["severity": wire])
        #expect(error.severity == severity)
        #expect(error.flags == [flag].compactMap(\.self))
    }

    @Test(
        arguments: [
            ("\"hw\"", "HARDWARE", nil), ("\"comm\"", "COMMUNICATION", nil), ("\"SAFETY\"", "SAFETY", nil),
            ("\"KITCHEN\"", "SYSTEM", "unknown category 'KITCHEN'"), (nil, "SYSTEM", "missing category"),
        ] as [(String?, String, String?)])
    func `a category has a canonical word`(wire: String?, category: String, flag: String?) throws {
        let error = try error(["category": wire])
        #expect(error.category == category)
        #expect(error.flags == [flag].compactMap(\.self))
    }

    @Test func `a number that is none of a device's is kept and flagged`() throws {
        #expect(try error(["error_code": "5001"]).flags == ["error_code 5001 is none of a device"])
    }

    @Test(
        arguments: [
            (["error_code": nil], .missingField), (["error_code": "\"E1040\""], .wrongType),
            (["error_code": "0"], .outOfRange), (["ts": "\"now\""], .wrongType), (["context": "[]"], .wrongType),
            (["message": "7"], .wrongType), (["esp_id": "\"ESP_51E0B7\""], .idMismatch),
        ] as [([String: String?], Refusal.Reason)])
    func `an error without a number is refused`(changes: [String: String?], reason: Refusal.Reason) {
        #expect(Self.example.reason(changes) == reason)
    }
}

@Suite struct ConditionDecodingTests {
    @Test(arguments: [
        ("entered_pressure", true), ("ENTER", true), ("recovered", false), ("RECOVERED", false),
    ])
    func `a queue is under pressure or has recovered`(event: String, isUnderPressure: Bool) throws {
        let payload = """
            {"event":"\(event)","fill_level":6,"high_watermark":7,"shed_count":2,"drop_count":0,"threshold":6,"ts":1}
            """
        let expected = QueuePressure(
            isUnderPressure: isUnderPressure, fillLevel: 6, highWatermark: 7, shedCount: 2, dropCount: 0)
        #expect(try message("system/queue_pressure", payload) == .queuePressure(expected))
    }

    @Test func `a queue that says nothing known is refused`() {
        #expect(refusal("system/queue_pressure", "{\"fill_level\":6}") == .missingField)
        #expect(refusal("system/queue_pressure", "{\"event\":\"bored\"}") == .unknownValue)
        #expect(refusal("system/queue_pressure", "{\"event\":\"recovered\",\"fill_level\":\"high\"}") == .wrongType)
    }

    @Test(arguments: ["status", "health/status"])
    func `a status is understood on both topics`(topic: String) throws {
        let payload = """
            {"ts":1777600000,"esp_id":"ESP_7C19F2","system_state":"booting","webserver_active":false,"zone_id":"",\
            "sensors_configured":2,"actuators_configured":3,"heap_free":171000,"uptime":10060}
            """
        let expected = StatusReport(
            systemState: "BOOT", zone: "", heapFreeBytes: 171_000, uptimeSeconds: 10_060, sensorCount: 2,
            actuatorCount: 3)
        #expect(try message(topic, payload) == .status(expected))
        let odd = StatusReport(systemState: "UNKNOWN", flags: ["unknown system_state 'odd'"])
        #expect(try message(topic, "{\"system_state\":\"odd\"}") == .status(odd))
        let aliases = StatusReport(heapFreeBytes: 1, uptimeSeconds: 2, sensorCount: 3, actuatorCount: 4)
        #expect(
            try message(
                topic, "{\"free_heap\":1,\"uptime_seconds\":2,\"sensor_count\":3,\"actuator_count\":4}")
                == .status(aliases))
        #expect(refusal(topic, "{\"webserver_active\":true}") == .missingField)
        #expect(refusal(topic, "{\"uptime\":-1}") == .outOfRange)
    }

    @Test func `safe mode is active or not`() throws {
        #expect(
            try message("safe_mode", "{\"safe_mode_active\":true,\"reason\":\"emergency\"}")
                == .safeMode(SafeModeReport(isActive: true, reason: "emergency")))
        #expect(
            try message("safe_mode", "{\"safe_mode\":false}") == .safeMode(SafeModeReport(isActive: false, reason: "")))
        #expect(refusal("safe_mode", "{\"reason\":\"x\"}") == .missingField)
        #expect(refusal("safe_mode", "{\"safe_mode_active\":1}") == .wrongType)
    }

    @Test func `a change of credentials succeeded or not`() throws {
        let done = CredentialsReport(isSuccess: true, mode: "authenticated", username: "esp_7c19f2")
        #expect(
            try message(
                "mqtt/auth_status",
                "{\"success\":true,\"mode\":\"authenticated\",\"username\":\"esp_7c19f2\",\"error\":null}")
                == .credentials(done))
        let odd = CredentialsReport(
            isSuccess: false, mode: "guest", error: "refused", flags: ["unknown mode 'guest'"])
        #expect(
            try message("mqtt/auth_status", "{\"success\":false,\"mode\":\"guest\",\"error\":\"refused\"}")
                == .credentials(odd))
        let bare = CredentialsReport(isSuccess: true, mode: "", flags: ["missing mode"])
        #expect(try message("mqtt/auth_status", "{\"success\":true}") == .credentials(bare))
        #expect(refusal("mqtt/auth_status", "{\"mode\":\"anonymous\"}") == .missingField)
    }
}
