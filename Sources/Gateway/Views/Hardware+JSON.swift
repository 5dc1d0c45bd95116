import TwinCore

extension HardwareReport {
    /// What the device is made of.
    var json: JSONValue {
        [
            "board": .string(board), "mac_address": .string(macAddress), "ip_address": .string(ipAddress),
            "firmware": .string(firmware), "maximum_sensors": JSONValue(maximumSensors),
            "maximum_actuators": JSONValue(maximumActuators),
        ]
    }
}

extension BusScan {
    /// What was found on the 1-Wire buses.
    var json: JSONValue { ["devices": .array(members.map(\.json))] }
}

extension BusScan.Member {
    fileprivate var json: JSONValue {
        ["rom": .string(rom), "type": .string(type), "gpio": .integer(Int64(gpio.number))]
    }
}

extension ClockOffset {
    /// How far the device's clock is behind the runtime's; `null` while nothing is known.
    var json: JSONValue {
        guard let offsetMilliseconds else { return .null }
        return [
            "behind_seconds": JSONValue(Double(offsetMilliseconds) / 1000), "heartbeats": JSONValue(differences.count),
            "unsteady": JSONValue(isJumping),
        ]
    }
}

extension TokenState {
    /// Whether the device holds tokens; never which.
    var json: JSONValue {
        [TokenUse.device.rawValue: device.json, TokenUse.broadcast.rawValue: broadcast.json]
    }
}

extension TokenState.Held {
    fileprivate var json: JSONValue {
        [
            "held": JSONValue(confirmed != nil), "unconfirmed": JSONValue(sent != nil || !doubtful.isEmpty),
            "refusal": JSONValue(refusal),
        ]
    }
}

extension TokenEvent {
    /// What is known beside the kind; never the token.
    var members: [JSONValue.Member] {
        switch self {
        case .sent(_, let use): [.word("use", use.rawValue)]
        case .confirmed(let use): [.word("use", use.rawValue)]
        case .refused(let use, let why): [.word("use", use.rawValue), .word("detail", why)]
        }
    }
}

extension HealthEvent {
    /// What is known beside the kind.
    var members: [JSONValue.Member] {
        switch self {
        case .diagnosed(let diagnostics): diagnostics.json.members
        case .erred(let error): error.json.members
        case .pressureChanged(let pressure): pressure.json.members
        case .statusReported(let report): report.json.members
        case .safeModeReported(let report): report.json.members
        case .credentialsReported(let report): report.json.members
        case .subzoneReported(let status): status.json.members
        }
    }
}
