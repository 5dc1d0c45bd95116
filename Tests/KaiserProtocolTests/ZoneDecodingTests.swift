import KaiserProtocol
import Testing
import TwinCore

@Suite struct ZoneDecodingTests {
    private static let zone = Example(
        topic: "zone/ack",
        members: [
            "status": "\"zone_assigned\"", "zone_id": "\"tent_a\"", "master_zone_id": "\"site_1\"",
            "ts": "1777600000", "correlation_id": "\"z-1\"",
        ])
    private static let subzone = Example(
        topic: "subzone/ack",
        members: [
            "status": "\"subzone_assigned\"", "subzone_id": "\"bench_1\"", "timestamp": "1777600000",
            "correlation_id": "\"sz-1\"",
        ])

    @Test func `a zone is assigned, removed or refused`() throws {
        #expect(
            try Self.zone.message()
                == .zone(
                    ZoneAnswer(
                        status: .assigned, zone: "tent_a", masterZone: "site_1", correlation: "z-1", reason: "",
                        message: "")))
        // What the device echoes with a removal is where it was, not where it is.
        #expect(
            try Self.zone.message(["status": "\"zone_removed\"", "correlation_id": nil])
                == .zone(ZoneAnswer(status: .removed, zone: "", masterZone: "", reason: "", message: "")))
        #expect(
            try Self.zone.message([
                "status": "\"error\"", "zone_id": nil, "master_zone_id": nil, "reason_code": "\"CONFIG_LANE_BUSY\"",
                "message": "\"busy\"", "ts": nil, "timestamp": "0",
            ])
                == .zone(
                    ZoneAnswer(
                        status: .error, zone: "", masterZone: "", correlation: "z-1", reason: "CONFIG_LANE_BUSY",
                        message: "busy")))
    }

    @Test(
        arguments: [
            (["status": nil], .missingField), (["status": "\"assigned\""], .unknownValue), (["ts": nil], .missingField),
            (["ts": "\"now\""], .wrongType), (["zone_id": nil], .missingField), (["zone_id": "\"\""], .missingField),
            (["zone_id": "7"], .wrongType), (["esp_id": "\"ESP_51E0B7\""], .idMismatch),
        ] as [([String: String?], Refusal.Reason)])
    func `a zone answer that cannot be used is refused`(changes: [String: String?], reason: Refusal.Reason) {
        #expect(Self.zone.reason(changes) == reason)
    }

    @Test func `a subzone is assigned, removed or refused`() throws {
        #expect(
            try Self.subzone.message()
                == .subzone(
                    SubzoneAnswer(
                        status: .assigned, subzone: "bench_1", correlation: "sz-1", reason: "", message: "")))
        #expect(
            try Self.subzone.message([
                "status": "\"error\"", "subzone_id": "\"bench 1\"", "timestamp": nil, "ts": "1777600000",
                "error_code": "2500", "reason_code": "\"VALIDATION_ERROR\"", "message": "\"bad id\"",
                "correlation_id": nil,
            ])
                == .subzone(
                    SubzoneAnswer(
                        status: .error, subzone: "bench 1", errorCode: 2500, reason: "VALIDATION_ERROR",
                        message: "bad id")))
    }

    @Test(
        arguments: [
            (["status": nil], .missingField), (["status": "\"removed\""], .unknownValue),
            (["subzone_id": nil], .missingField), (["timestamp": nil], .missingField),
            (["timestamp": "\"soon\""], .wrongType), (["error_code": "\"2500\""], .wrongType),
            (["esp_id": "\"ESP_51E0B7\""], .idMismatch),
        ] as [([String: String?], Refusal.Reason)])
    func `a subzone answer that cannot be used is refused`(changes: [String: String?], reason: Refusal.Reason) {
        #expect(Self.subzone.reason(changes) == reason)
    }

    @Test func `a subzone is isolated or not`() throws {
        #expect(
            try message("subzone/status", "{\"subzone_id\":\"bench_1\",\"safe_mode\":false,\"timestamp\":1777600000}")
                == .subzoneStatus(SubzoneStatus(subzone: "bench_1", isSafe: false)))
        #expect(refusal("subzone/status", "{\"subzone_id\":\"bench_1\"}") == .missingField)
        #expect(refusal("subzone/status", "{\"safe_mode\":true}") == .missingField)
    }
}
