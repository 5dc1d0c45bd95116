import TwinCore

extension MessageReader {
    private static let codeRange = 0...65_535

    /// Reads `zone/ack`.
    func zoneAnswer(_ bytes: Span<UInt8>) throws(Refusal) -> ZoneAnswer {
        try checkDevice(isRequired: false, bytes)
        let word = try Self.required(try word("status", bytes), "status")
        guard let status = ZoneAnswer.Status(rawValue: word) else {
            throw Refusal(.unknownValue, "status '\(word)' is none of zone_assigned, zone_removed, error")
        }
        _ = try clock(bytes)
        var zone = try self.word("zone_id", bytes) ?? ""
        var masterZone = try self.word("master_zone_id", bytes) ?? ""
        switch status {
        case .assigned where zone.isEmpty: throw Refusal(.missingField, "zone_id is missing; which zone is assigned?")
        case .assigned, .error: break
        // Whatever the device echoes, it is in none now.
        case .removed: (zone, masterZone) = ("", "")
        }
        return ZoneAnswer(
            status: status, zone: zone, masterZone: masterZone, correlation: try correlation(bytes),
            reason: try self.word("reason_code", bytes) ?? "", message: try freeText("message", bytes))
    }

    /// Reads `subzone/ack`.
    func subzoneAnswer(_ bytes: Span<UInt8>) throws(Refusal) -> SubzoneAnswer {
        try checkDevice(isRequired: false, bytes)
        let word = try Self.required(try word("status", bytes), "status")
        guard let status = SubzoneAnswer.Status(rawValue: word) else {
            throw Refusal(.unknownValue, "status '\(word)' is none of subzone_assigned, subzone_removed, error")
        }
        let subzone = try Self.required(try self.word("subzone_id", bytes), "subzone_id")
        _ = try clock(bytes)
        return SubzoneAnswer(
            status: status, subzone: subzone, correlation: try correlation(bytes),
            errorCode: try object.integer("error_code", Self.codeRange, in: bytes),
            reason: try self.word("reason_code", bytes) ?? "", message: try freeText("message", bytes))
    }

    /// Reads `subzone/status`.
    func subzoneStatus(_ bytes: Span<UInt8>) throws(Refusal) -> SubzoneStatus {
        try checkDevice(isRequired: false, bytes)
        return SubzoneStatus(
            subzone: try Self.required(try word("subzone_id", bytes), "subzone_id"), isSafe: try isSafe(bytes))
    }
}
