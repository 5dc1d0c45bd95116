import TwinCore

extension MessageReader {
    private static let percentRange = 0...100

    /// Reads `system/diagnostics`; its `ts` counts the device's uptime.
    func diagnostics(_ bytes: Span<UInt8>) throws(Refusal) -> Diagnostics {
        try checkDevice(isRequired: false, bytes)
        try checkBoot(bytes)
        var flags: [String] = []
        var resetReason = try word("reset_reason", of: .resetReasons, bytes, &flags)
        if resetReason == nil { resetReason = try word("boot_reason", of: .resetReasons, bytes, &flags) }
        return Diagnostics(
            uptimeSeconds: try uptime(bytes),
            heapFreeBytes: try either("heap_free", "free_heap", Self.counterRange, bytes, isRequired: true) ?? 0,
            heapMinimumBytes: try object.integer("heap_min_free", Self.counterRange, in: bytes),
            heapFragmentationPercent: try object.integer("heap_fragmentation", Self.percentRange, in: bytes),
            rssiDBm: try Self.required(try object.integer("wifi_rssi", Self.rssiRange, in: bytes), "wifi_rssi"),
            errorCount: try object.integer("error_count", Self.counterRange, in: bytes),
            sensorCount: try object.integer("sensor_count", Self.countRange, in: bytes),
            actuatorCount: try object.integer("actuator_count", Self.countRange, in: bytes),
            systemState: try word("system_state", of: .systemStates, otherwise: "UNKNOWN", bytes, &flags),
            bootSequence: try word("boot_sequence_id", bytes), resetReason: resetReason,
            breakerState: try word("mqtt_cb_state", of: .breakerStates, bytes, &flags),
            breakerFailures: try object.integer("mqtt_cb_failures", Self.counterRange, in: bytes),
            watchdogMode: try word("wdt_mode", of: .watchdogModes, bytes, &flags),
            watchdogTimeouts: try object.integer("wdt_timeouts_24h", Self.counterRange, in: bytes), flags: flags)
    }

    /// The device's uptime, from `ts` where nothing else says it; a number that could be a civil time is not believed.
    private func uptime(_ bytes: Span<UInt8>) throws(Refusal) -> Int? {
        let wire = try object.integer("ts", Int.min...Int.max, in: bytes)
        if let uptime = try object.integer("uptime_seconds", Self.counterRange, in: bytes) { return uptime }
        guard let wire, wire >= 0, wire < Int(DeviceClock.earliest.milliseconds / 1000) else { return nil }
        return wire
    }

    /// Reads `system/queue_pressure`.
    func queuePressure(_ bytes: Span<UInt8>) throws(Refusal) -> QueuePressure {
        try checkDevice(isRequired: false, bytes)
        let event = try Self.required(try word("event", bytes), "event")
        let isUnderPressure: Bool
        switch event.lowercased() {
        case "entered_pressure", "enter": isUnderPressure = true
        case "recovered": isUnderPressure = false
        default: throw Refusal(.unknownValue, "event '\(Self.quoted(event))' is neither entered_pressure nor recovered")
        }
        _ = try object.number("ts", in: bytes)
        return QueuePressure(
            isUnderPressure: isUnderPressure,
            fillLevel: try object.integer("fill_level", Self.counterRange, in: bytes),
            highWatermark: try object.integer("high_watermark", Self.counterRange, in: bytes),
            shedCount: try object.integer("shed_count", Self.counterRange, in: bytes),
            dropCount: try object.integer("drop_count", Self.counterRange, in: bytes))
    }

    /// Reads `status` or `health/status`.
    func status(_ bytes: Span<UInt8>) throws(Refusal) -> StatusReport {
        try checkDevice(isRequired: false, bytes)
        _ = try object.number("ts", in: bytes)
        var flags: [String] = []
        var report = StatusReport()
        report.systemState = try word("system_state", of: .systemStates, otherwise: "UNKNOWN", bytes, &flags)
        report.zone = try name("zone_id", bytes)
        report.heapFreeBytes = try either("heap_free", "free_heap", Self.counterRange, bytes)
        report.uptimeSeconds = try either("uptime", "uptime_seconds", Self.counterRange, bytes)
        report.sensorCount = try either("sensors_configured", "sensor_count", Self.countRange, bytes)
        report.actuatorCount = try either("actuators_configured", "actuator_count", Self.countRange, bytes)
        guard report != StatusReport() else {
            throw Refusal(.missingField, "none of system_state, zone_id, heap_free, uptime and the counts is there")
        }
        report.flags = flags
        return report
    }

    /// Reads `safe_mode`.
    func safeMode(_ bytes: Span<UInt8>) throws(Refusal) -> SafeModeReport {
        try checkDevice(isRequired: false, bytes)
        return SafeModeReport(isActive: try isSafe(bytes), reason: try freeText("reason", bytes))
    }

    /// Whether outputs are kept off, by either of the names of that member.
    func isSafe(_ bytes: Span<UInt8>) throws(Refusal) -> Bool {
        if let isSafe = try object.boolean("safe_mode_active", in: bytes) { return isSafe }
        return try Self.required(try object.boolean("safe_mode", in: bytes), "safe_mode_active")
    }

    /// Reads `mqtt/auth_status`.
    func credentials(_ bytes: Span<UInt8>) throws(Refusal) -> CredentialsReport {
        try checkDevice(isRequired: false, bytes)
        var flags: [String] = []
        let isSuccess = try success(bytes, &flags)
        let mode = try word("mode", of: .signInModes, bytes, &flags)
        if mode == nil { flags.append("missing mode") }
        let error = try freeText("error", bytes)
        return CredentialsReport(
            isSuccess: isSuccess, mode: mode ?? "", username: try word("username", bytes),
            error: error.isEmpty ? nil : error, flags: flags)
    }
}
