import TwinCore

extension MessageReader {
    static let rssiRange = -128...127
    static let countRange = 0...65_535
    private static let epochRange = 0...Int(UInt32.max)
    /// From this version of the metrics on, a heartbeat must name its boot.
    private static let bootAwareSchema = 2

    /// Reads `system/heartbeat`.
    func heartbeat(_ bytes: Span<UInt8>) throws(Refusal) -> Heartbeat {
        try checkDevice(isRequired: false, bytes)
        try checkBoot(bytes)
        var flags: [String] = []
        let systemState = try word("system_state", of: .systemStates, bytes, &flags)
        let resetReason = try word("reset_reason", of: .resetReasons, bytes, &flags)
        return Heartbeat(
            clock: try wholeClock(bytes),
            uptimeSeconds: try Self.required(try object.integer("uptime", Self.counterRange, in: bytes), "uptime"),
            heapFreeBytes: try either("heap_free", "free_heap", Self.counterRange, bytes, isRequired: true) ?? 0,
            rssiDBm: try Self.required(try object.integer("wifi_rssi", Self.rssiRange, in: bytes), "wifi_rssi"),
            zone: try name("zone_id", bytes), masterZone: try name("master_zone_id", bytes),
            sensorCount: try either("sensor_count", "active_sensors", Self.countRange, bytes),
            actuatorCount: try either("actuator_count", "active_actuators", Self.countRange, bytes),
            bootSequence: try word("boot_sequence_id", bytes), resetReason: resetReason,
            activeHandoverEpoch: try epoch("active_handover_epoch", bytes),
            completedHandoverEpoch: try epoch("handover_completed_epoch", bytes),
            configState: try configState(bytes), systemState: systemState, wifiIP: try word("wifi_ip", bytes),
            degradations: try degradations(bytes), flags: flags)
    }

    /// Reads `system/heartbeat_metrics`.
    func heartbeatMetrics(_ bytes: Span<UInt8>) throws(Refusal) -> HeartbeatMetrics {
        try checkDevice(isRequired: false, bytes)
        _ = try object.integer("ts", Int.min...Int.max, in: bytes)
        _ = try object.integer("metrics_schema_version", Self.counterRange, in: bytes)
        _ = try object.text("handover_contract_last_reject", in: bytes)
        var counters: [String: Int] = [:]
        for key in Self.counters {
            if let count = try object.integer(key, Self.counterRange, in: bytes) { counters["\(key)"] = count }
        }
        return HeartbeatMetrics(counters: counters)
    }

    private static let counters: [JSONKey] = [
        "offline_enter_count", "adopting_enter_count", "adoption_noop_count", "adoption_delta_count",
        "handover_abort_count", "handover_contract_reject_count", "persistence_drift_count",
        "critical_outcome_drop_count", "publish_outbox_drop_count", "publish_queue_fill", "publish_queue_hwm",
        "publish_queue_shed_count", "publish_queue_drop_count", "sensor_command_queue_overflow_count",
        "safe_publish_retry_count", "emergency_rejected_no_token_total",
    ]

    private static let conditions: [JSONKey] = [
        "persistence_degraded", "runtime_state_degraded", "mqtt_circuit_breaker_open", "wifi_circuit_breaker_open",
        "network_degraded",
    ]

    private func degradations(_ bytes: Span<UInt8>) throws(Refusal) -> [String] {
        var names: [String] = []
        for key in Self.conditions where try object.boolean(key, in: bytes) == true { names.append("\(key)") }
        return names
    }

    /// Checks that the message names its boot where its version of the metrics asks for that.
    func checkBoot(_ bytes: Span<UInt8>) throws(Refusal) {
        let schema = try object.integer("metrics_schema_version", Self.counterRange, in: bytes) ?? 0
        let segment = try object.integer("segment_start_ts", Int.min...Int.max, in: bytes)
        guard schema >= Self.bootAwareSchema else { return }
        _ = try Self.required(try word("boot_sequence_id", bytes), "boot_sequence_id")
        _ = try Self.required(try word("reset_reason", bytes), "reset_reason")
        _ = try Self.required(segment, "segment_start_ts")
    }

    private func configState(_ bytes: Span<UInt8>) throws(Refusal) -> Int? {
        try object.object("config_status", in: bytes)?.integer("state", 0...255, in: bytes)
    }

    private func epoch(_ key: JSONKey, _ bytes: Span<UInt8>) throws(Refusal) -> UInt32? {
        try object.integer(key, Self.epochRange, in: bytes).map { UInt32($0) }
    }

    /// A name that may be empty, which is not the same as absent.
    func name(_ key: JSONKey, _ bytes: Span<UInt8>) throws(Refusal) -> String? {
        guard object.contains(key, in: bytes) else { return nil }
        return try word(key, bytes) ?? ""
    }

    /// A whole number by either of its names.
    func either(
        _ key: JSONKey, _ alias: JSONKey, _ range: ClosedRange<Int>, _ bytes: Span<UInt8>,
        isRequired: Bool = false
    ) throws(Refusal) -> Int? {
        if let number = try object.integer(key, range, in: bytes) { return number }
        if let number = try object.integer(alias, range, in: bytes) { return number }
        guard !isRequired else { throw Refusal(.missingField, "\(key) is missing") }
        return nil
    }
}
