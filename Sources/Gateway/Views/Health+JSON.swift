import TwinCore

extension DeviceState {
    /// How the device is, as it says itself; `null` while it has said nothing.
    func healthJSON(at time: UnixTime) -> JSONValue {
        if heartbeat == nil, metrics == nil, health == HealthState() { return .null }
        return JSONValue.object(heartbeat?.json.members ?? Heartbeat.unknownMembers).adding([
            .init(name: "counters", value: metrics?.json ?? .null),
            .init(name: "diagnostics", value: health.diagnostics?.json(\.json) ?? .null),
            .init(name: "status", value: health.status?.json(\.json) ?? .null),
            .init(name: "safe_mode", value: health.safeMode?.json(\.json) ?? .null),
            .init(name: "queue_pressure", value: health.pressure?.json(\.json) ?? .null),
            .init(name: "credentials", value: health.credentials?.json(\.json) ?? .null),
            .init(name: "isolated_subzones", value: .array(health.isolatedSubzones.map { .string($0) })),
            .init(name: "error_count", value: JSONValue(Int64(clamping: health.errorCount))),
            .init(name: "errors_per_hour", value: JSONValue(errorsPerHour(at: time))),
            .init(name: "errors", value: .array(health.errors.map(\.json))),
        ])
    }

    /// At which rate errors came within the last minutes.
    private func errorsPerHour(at time: UnixTime) -> Double {
        let hours = Double(HealthState.errorSpanMilliseconds) / 3_600_000
        return Double(health.recentErrorCount(at: time)) / hours
    }
}

extension Received {
    /// The message as `show` shows it, with the time of its receipt.
    func json(_ show: (Message) -> JSONValue) -> JSONValue {
        JSONValue.object([.init(name: "at", value: JSONValue(at))]).adding(show(message).members)
    }
}

extension HeartbeatMetrics {
    /// The counters by name.
    var json: JSONValue {
        .object(counters.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: JSONValue($0.value)) })
    }
}

extension Diagnostics {
    var json: JSONValue {
        [
            "uptime_seconds": JSONValue(uptimeSeconds), "heap_free_bytes": JSONValue(heapFreeBytes),
            "heap_minimum_bytes": JSONValue(heapMinimumBytes),
            "heap_fragmentation_percent": JSONValue(heapFragmentationPercent), "rssi_dbm": JSONValue(rssiDBm),
            "error_count": JSONValue(errorCount), "sensor_count": JSONValue(sensorCount),
            "actuator_count": JSONValue(actuatorCount), "system_state": JSONValue(systemState),
            "boot_sequence": JSONValue(bootSequence), "reset_reason": JSONValue(resetReason),
            "breaker_state": JSONValue(breakerState), "breaker_failures": JSONValue(breakerFailures),
            "watchdog_mode": JSONValue(watchdogMode), "watchdog_timeouts": JSONValue(watchdogTimeouts),
            "flags": .array(flags.map { .string($0) }),
        ]
    }
}

extension StatusReport {
    var json: JSONValue {
        [
            "system_state": JSONValue(systemState), "zone": JSONValue(zone),
            "heap_free_bytes": JSONValue(heapFreeBytes), "uptime_seconds": JSONValue(uptimeSeconds),
            "sensor_count": JSONValue(sensorCount), "actuator_count": JSONValue(actuatorCount),
            "flags": .array(flags.map { .string($0) }),
        ]
    }
}

extension SafeModeReport {
    var json: JSONValue { ["active": JSONValue(isActive), "reason": .string(reason)] }
}

extension QueuePressure {
    var json: JSONValue {
        [
            "under_pressure": JSONValue(isUnderPressure), "fill_level": JSONValue(fillLevel),
            "high_watermark": JSONValue(highWatermark), "shed_count": JSONValue(shedCount),
            "drop_count": JSONValue(dropCount),
        ]
    }
}

extension CredentialsReport {
    var json: JSONValue {
        [
            "success": JSONValue(isSuccess), "mode": .string(mode), "username": JSONValue(username),
            "error": JSONValue(error), "flags": .array(flags.map { .string($0) }),
        ]
    }
}

extension SubzoneStatus {
    var json: JSONValue { ["subzone": .string(subzone), "isolated": JSONValue(isSafe)] }
}

extension DeviceError {
    var json: JSONValue {
        [
            "code": JSONValue(code), "severity": .string(severity.word), "category": .string(category),
            "message": .string(message), "device_time": JSONValue(clock?.claimed),
            "uptime_ms": JSONValue(uptimeMilliseconds), "flags": .array(flags.map { .string($0) }),
        ]
    }
}

extension DeviceError.Severity {
    fileprivate var word: String {
        switch self {
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        case .critical: "critical"
        }
    }
}

extension HealthState.KeptError {
    fileprivate var json: JSONValue {
        error.json.adding([
            .init(name: "count", value: JSONValue(count)), .init(name: "first_at", value: JSONValue(firstAt)),
            .init(name: "last_at", value: JSONValue(lastAt)),
        ])
    }
}
