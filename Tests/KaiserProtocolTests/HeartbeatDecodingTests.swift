import KaiserProtocol
import Testing
import TwinCore

@Suite struct HeartbeatDecodingTests {
    private static let minimal = ["ts": "1777600000", "uptime": "33", "heap_free": "40211", "wifi_rssi": "-71"]

    private func payload(_ changes: [String: String?]) -> String {
        var members = Self.minimal
        for (key, value) in changes { members[key] = value }
        return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    private func heartbeat(_ changes: [String: String?] = [:]) throws -> Heartbeat {
        guard case .heartbeat(let heartbeat) = try message("system/heartbeat", payload(changes)) else {
            throw Refusal(.unknownTopic, "no heartbeat")
        }
        return heartbeat
    }

    private func reason(_ changes: [String: String?]) -> Refusal.Reason? {
        refusal("system/heartbeat", payload(changes))
    }

    @Test func `the smallest heartbeat is enough`() throws {
        let expected = Heartbeat(
            clock: DeviceClock(wire: 1_777_600_000), uptimeSeconds: 33, heapFreeBytes: 40_211, rssiDBm: -71)
        #expect(try heartbeat() == expected)
    }

    @Test func `a full heartbeat is read whole`() throws {
        let full = try heartbeat([
            "esp_id": "\"ESP_7C19F2\"", "zone_id": "\"tent_a\"", "master_zone_id": "\"\"", "zone_assigned": "true",
            "time_valid": "true", "boot_sequence_id": "\"ESP_7C19F2-b17-r1\"", "reset_reason": "\"BROWNOUT\"",
            "segment_start_ts": "1777490000", "sensor_count": "2", "active_actuators": "1",
            "wifi_ip": "\"10.7.0.41\"", "active_handover_epoch": "3", "handover_completed_epoch": "2",
            "persistence_degraded": "true", "network_degraded": "false", "mqtt_circuit_breaker_open": "true",
            "config_status": "{\"state\":9,\"boot_count\":17}", "system_state": "\"running\"",
        ])
        #expect(
            full
                == Heartbeat(
                    clock: DeviceClock(wire: 1_777_600_000), uptimeSeconds: 33, heapFreeBytes: 40_211, rssiDBm: -71,
                    zone: "tent_a", masterZone: "", sensorCount: 2, actuatorCount: 1, bootSequence: "ESP_7C19F2-b17-r1",
                    resetReason: "BROWNOUT", activeHandoverEpoch: 3, completedHandoverEpoch: 2, configState: 9,
                    systemState: "OPERATIONAL", wifiIP: "10.7.0.41",
                    degradations: ["persistence_degraded", "mqtt_circuit_breaker_open"]))
    }

    @Test func `unknown words are kept and flagged`() throws {
        let odd = try heartbeat(["system_state": "\"flying\"", "reset_reason": "\"MAGIC\""])
        #expect(odd.systemState == "flying")
        #expect(odd.resetReason == "MAGIC")
        #expect(odd.flags == ["unknown system_state 'flying'", "unknown reset_reason 'MAGIC'"])
    }

    @Test(arguments: ["ts", "uptime", "heap_free", "wifi_rssi"])
    func `what must be there must be a whole number`(key: String) {
        #expect(reason([key: nil]) == .missingField)
        #expect(reason([key: "45000.0"]) == .wrongType)
        #expect(reason([key: "true"]) == .wrongType)
        #expect(reason([key: "\"1\""]) == .wrongType)
    }

    @Test(arguments: [
        ("uptime", "-5"), ("uptime", "4294967296"), ("heap_free", "-1"), ("wifi_rssi", "-129"), ("wifi_rssi", "128"),
        ("sensor_count", "-1"), ("active_handover_epoch", "4294967296"), ("config_status", "{\"state\":256}"),
        ("boot_sequence_id", "\"\(String(repeating: "b", count: 65))\""),
    ])
    func `numbers and names have ranges`(key: String, value: String) { #expect(reason([key: value]) == .outOfRange) }

    @Test(arguments: [
        ("config_status", "[]"), ("persistence_degraded", "1"), ("zone_id", "7"), ("time_valid", "0"),
        ("metrics_schema_version", "\"2\""),
    ])
    func `a known member of another type is refused`(key: String, value: String) {
        #expect(reason([key: value]) == .wrongType)
    }

    @Test func `from the second metrics schema on a heartbeat names its boot`() {
        let boot: [String: String?] = [
            "metrics_schema_version": "2", "boot_sequence_id": "\"b\"", "reset_reason": "\"SW\"",
            "segment_start_ts": "1",
        ]
        #expect(reason(boot) == nil)
        for key in ["boot_sequence_id", "reset_reason", "segment_start_ts"] {
            #expect(reason(boot.merging([key: nil]) { $1 }) == .missingField)
        }
        #expect(reason(["metrics_schema_version": "1"]) == nil)
    }

    @Test func `a heartbeat of another device is refused`() {
        #expect(reason(["esp_id": "\"ESP_51E0B7\""]) == .idMismatch)
    }

    @Test func `counters are whole numbers, and only known ones are kept`() throws {
        let topic = "system/heartbeat_metrics"
        let payload = """
            {"esp_id":"ESP_7C19F2","ts":1,"metrics_schema_version":1,"offline_enter_count":2,"publish_queue_hwm":5,\
            "handover_contract_last_reject":"stale","invented":3}
            """
        let metrics = HeartbeatMetrics(counters: ["offline_enter_count": 2, "publish_queue_hwm": 5])
        #expect(try message(topic, payload) == .metrics(metrics))
        #expect(refusal(topic, "{\"safe_publish_retry_count\":\"many\"}") == .wrongType)
        #expect(refusal(topic, "{\"safe_publish_retry_count\":1.0}") == .wrongType)
        #expect(refusal(topic, "{\"safe_publish_retry_count\":-1}") == .outOfRange)
        #expect(refusal(topic, "{\"handover_contract_last_reject\":1}") == .wrongType)
    }
}
