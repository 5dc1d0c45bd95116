import TwinCore

extension MessageReader {
    /// Reads `session/announce`.
    func announcement(_ bytes: Span<UInt8>) throws(Refusal) -> SessionAnnouncement {
        try checkDevice(isRequired: false, bytes)
        var flags: [String] = []
        let range = 1...Int(UInt32.max)
        let handover = try object.integer("handover_epoch", range, in: bytes)
        let session = try object.integer("session_epoch", range, in: bytes)
        let epoch = try Self.required(handover ?? session, "handover_epoch")
        if handover == nil { flags.append("session_epoch stands in for handover_epoch") }
        if let session, session != epoch { flags.append("session_epoch \(session) contradicts handover_epoch") }
        _ = try object.number("ts_ms", in: bytes)
        let reason = try word("reason", bytes)
        switch reason {
        case "boot", "reconnect": break
        case nil: flags.append("missing reason")
        case let word?: flags.append("unknown reason '\(word)'")
        }
        return SessionAnnouncement(epoch: UInt32(epoch), reason: reason ?? "unknown", flags: flags)
    }

    /// Reads `system/will`.
    func will(_ bytes: Span<UInt8>) throws(Refusal) -> WillReport {
        try checkDevice(isRequired: false, bytes)
        var flags: [String] = []
        switch try object.text("status", in: bytes) {
        case "offline": break
        case nil: flags.append("missing status")
        case let word?: throw Refusal(.unknownValue, "a will's status is 'offline', not '\(Self.quoted(word))'")
        }
        _ = try object.number("timestamp", in: bytes)
        guard let word = try word("reason", bytes) else {
            flags.append("missing reason")
            return WillReport(reason: "unexpected_disconnect", isRetained: isRetained, flags: flags)
        }
        let reason = Self.willReasonAliases[word] ?? word
        if !Self.willReasons.contains(reason) { flags.append("unknown reason '\(word)'") }
        return WillReport(reason: reason, isRetained: isRetained, flags: flags)
    }

    private static let willReasons: Set<String> = [
        "unexpected_disconnect", "network_failure", "power_loss", "broker_timeout", "watchdog_reset", "crash",
    ]
    private static let willReasonAliases = [
        "unexpected": "unexpected_disconnect", "disconnect": "unexpected_disconnect", "timeout": "broker_timeout",
        "wdt_reset": "watchdog_reset",
    ]
}
