import TwinCore

extension Heartbeat {
    /// The device's health as it is shown.
    var json: JSONValue {
        [
            "uptime_seconds": JSONValue(uptimeSeconds), "heap_free_bytes": JSONValue(heapFreeBytes),
            "rssi_dbm": JSONValue(rssiDBm), "sensor_count": JSONValue(sensorCount),
            "actuator_count": JSONValue(actuatorCount), "boot_sequence": JSONValue(bootSequence),
            "reset_reason": JSONValue(resetReason), "system_state": JSONValue(systemState),
            "config_state": JSONValue(configState), "ip_address": JSONValue(wifiIP),
        ]
    }

    /// The same before the first heartbeat.
    static let unknownMembers: [JSONValue.Member] = [
        "uptime_seconds", "heap_free_bytes", "rssi_dbm", "sensor_count", "actuator_count", "boot_sequence",
        "reset_reason", "system_state", "config_state", "ip_address",
    ].map { .init(name: $0, value: .null) }
}

extension Sample {
    /// The names of what a history shows of a sample, in order.
    static let memberNames = [
        "event_time", "receipt_time", "raw", "value", "unit", "quality", "error_code", "model",
    ]

    /// The sample as a history shows it.
    ///
    /// - Parameter kind: The sensor's kind, which the model's stamp is shown with; `nil` where it is not known.
    func json(kind: String?) -> JSONValue {
        [
            "event_time": JSONValue(eventTime), "receipt_time": JSONValue(receiptTime), "raw": JSONValue(raw),
            "value": JSONValue(value), "unit": .string(unit), "quality": .string(quality.rawValue),
            "error_code": JSONValue(errorCode), "model": JSONValue(model?.text(kind: kind)),
        ]
    }

    /// The sample as a twin shows a fault.
    var faultJSON: JSONValue {
        [
            "raw": JSONValue(raw), "quality": .string(quality.rawValue), "event_time": JSONValue(eventTime),
            "receipt_time": JSONValue(receiptTime), "error_code": JSONValue(errorCode),
        ]
    }
}

extension ActuatorAlert {
    /// The alert as it is shown.
    var json: JSONValue {
        ["gpio": JSONValue(gpio.map { Int($0.number) }), "type": .string(type), "message": .string(message)]
    }
}

extension ActuatorStatus {
    /// The output level, 0 to 1.
    ///
    /// - Parameter fullScale: What a device of this kind shows for 1; the protocol's own scale unless known better.
    func shownLevel(fullScale: Int = 255) -> Double { min(1, Double(level) / Double(max(1, fullScale))) }
}

extension ActuatorState.Requested {
    var json: JSONValue {
        [
            "command_id": .string(command.description), "command": .string(drive.word),
            "value": JSONValue(drive.level), "issued_by": .string(issuedBy), "at": JSONValue(at),
        ]
    }
}

extension ActuatorState.Confirmed {
    func json(fullScale: Int) -> JSONValue {
        [
            "on": JSONValue(isOn), "value": JSONValue(status.shownLevel(fullScale: fullScale)),
            "at": JSONValue(at.time),
            "state": .string(status.state.rawValue), "command_source": JSONValue(status.commandSource),
        ]
    }
}

extension ActuatorState.Lease {
    /// The lease as it is shown.
    ///
    /// - Parameter drive: What it lets the output do.
    func json(of drive: Drive?, at moment: Moment) -> JSONValue {
        let left = max(0, endsAt.milliseconds(since: moment.uptime))
        return [
            "command_id": .string(command.description), "owner": .string(owner), "ends_at": JSONValue(endTime),
            "seconds": JSONValue(seconds),
            "remaining_seconds": JSONValue(Double(left) / 1000),
            "counted_by_device": drive.map { JSONValue($0.isCountedByDevice) } ?? .null,
        ]
    }
}

extension ActuatorState.PendingCommand {
    var json: JSONValue {
        [
            "command_id": .string(record.order.id.description), "state": .string(record.state.rawValue),
            "attempts": JSONValue(attempts),
        ]
    }
}

extension ActuatorState.SafeStateDrive {
    var json: JSONValue {
        [
            "cause": .string(cause.word), "since": JSONValue(startedAt.time), "attempts": JSONValue(attempts),
        ]
    }
}

extension Drive {
    /// The drive as a command word.
    var word: String {
        switch self {
        case .off: "OFF"
        case .on: "ON"
        case .pwm: "PWM"
        }
    }
}

extension SafeStateCause {
    /// The cause in one word.
    var word: String {
        switch self {
        case .leaseExpired: "lease_expired"
        case .commandFailed: "command_failed"
        case .emergencyStop: "emergency_stop"
        case .onWhileStopped: "on_while_stopped"
        case .excluded: "excluded"
        case .onWithoutLease: "on_without_lease"
        case .restarted: "restarted"
        case .shutdown: "shutdown"
        case .safeMode: "safe_mode"
        case .reconfigured: "reconfigured"
        case .limitBroken(let limit): "limit_broken:\(limit.rawValue)"
        case .lockedOut: "locked_out"
        case .noEffect: "no_effect"
        case .feeds(let output): "feeds:\(output)"
        case .effectWithoutCommand: "effect_without_command"
        case .quarantined: "quarantined"
        case .foreignCommand: "foreign_command"
        }
    }
}
