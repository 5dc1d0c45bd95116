import TwinCore

extension Heartbeat {
    /// The device's health as it is shown.
    var json: JSONValue {
        [
            "uptime_seconds": JSONValue(uptimeSeconds), "heap_free_bytes": JSONValue(heapFreeBytes),
            "rssi_dbm": JSONValue(rssiDBm),
        ]
    }
}

extension Sample {
    /// The sample as a history shows it.
    var json: JSONValue {
        [
            "event_time": JSONValue(eventTime), "receipt_time": JSONValue(receiptTime), "raw": JSONValue(raw),
            "value": JSONValue(value), "unit": .string(unit), "quality": .string(quality.rawValue),
            "error_code": JSONValue(errorCode),
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
    /// A device counts levels from 0 to this.
    private static let fullLevel = 255.0

    /// The output level, 0 to 1.
    var shownLevel: Double { Double(level) / Self.fullLevel }
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
    var json: JSONValue {
        [
            "on": JSONValue(isOn), "value": JSONValue(status.shownLevel), "at": JSONValue(at.time),
            "state": .string(status.state.rawValue), "command_source": JSONValue(status.commandSource),
        ]
    }
}

extension ActuatorState.Lease {
    func json(at moment: Moment) -> JSONValue {
        let left = max(0, endsAt.milliseconds(since: moment.uptime))
        return [
            "command_id": .string(command.description), "ends_at": JSONValue(endTime), "seconds": JSONValue(seconds),
            "remaining_seconds": JSONValue(Double(left) / 1000),
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
        }
    }
}
