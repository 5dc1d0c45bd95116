import FoundationEssentials
import TwinCore
import TwinRuntime

extension StopReport {
    /// The latch and the scoreboard as they are shown.
    var json: JSONValue { json(lines: lines) }

    /// The latch and some lines of the scoreboard; the counts cover all.
    func json(lines: [Line]) -> JSONValue {
        [
            "active": JSONValue(!incidents.isEmpty), "durable": JSONValue(isDurable),
            "broker_connected": JSONValue(isBrokerConnected),
            "incidents": .array(incidents.map(\.json)),
            "clearing": .array(clearing.map { .string($0.description) }),
            "counts": [
                "stopped": JSONValue(count(.stopped)), "unconfirmed": JSONValue(count(.unconfirmed)),
                "offline": JSONValue(count(.offline)),
            ],
            "timings": .array(StopTally.tallies(of: self).map(\.json)),
            "lines": .array(lines.prefix(Self.maximumLines).map(\.json)),
        ]
    }
}

extension StopReport.Line {
    fileprivate var json: JSONValue {
        [
            "incident": JSONValue(incident?.description),
            "device": .string(device.description), "gpio": JSONValue(gpio.map { Int($0.number) }),
            "standing": .string(standing.rawValue), "evidence": .string(evidence),
            "confirmed_after_ms": JSONValue(confirmedAfterMilliseconds),
        ]
    }
}

extension Incident {
    /// One emergency stop.
    var json: JSONValue {
        [
            "id": .string(id.description), "scope": scope.json, "reason": .string(reason),
            "issued_by": .string(issuedBy), "issued_at": JSONValue(issuedAt),
            "generation": .integer(Int64(clamping: generation)), "drill": JSONValue(isDrill),
        ]
    }
}

extension StopScope {
    /// The scope as a caller writes it.
    var json: JSONValue {
        switch self {
        case .all: "all"
        case .device(let device): ["device": .string(device.description)]
        case .kaiser(let kaiser): ["kaiser": .string(kaiser.description)]
        case .zone(let zone): ["zone": .string(zone)]
        case .subzone(let id, let zone):
            zone.map { ["subzone": .string(id), "zone": .string($0)] } ?? ["subzone": .string(id)]
        case .actuator(let device, let gpio):
            ["device": .string(device.description), "gpio": .integer(Int64(gpio.number))]
        case .filter(let filter): ["filter": filter.json]
        }
    }
}

extension StopFilter {
    fileprivate var json: JSONValue {
        [
            "kinds": .array(kinds.map { .string($0) }), "zones": .array(zones.map { .string($0) }),
            "devices": .array(devices.map { .string($0.description) }),
        ]
    }
}

extension DeadLetter {
    /// A refused message; its payload also as text where it is text.
    var json: JSONValue {
        [
            "reason": .string(refusal.reason.rawValue), "detail": .string(refusal.detail), "topic": .string(topic),
            "payload": JSONValue(String(validating: payload, as: UTF8.self)),
            "payload_base64": .string(Data(payload).base64EncodedString()),
            "payload_length": JSONValue(payloadLength), "receipt_time": JSONValue(receiptTime),
        ]
    }
}

extension SupervisionReport {
    /// The tree as it is shown.
    var json: JSONValue { root.json }
}

extension SupervisionReport.Node {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "path": .string(path), "state": .string(state),
            "condition": .string(condition.word), "condition_reason": JSONValue(condition.reason),
            "since_uptime_seconds": JSONValue(Double(sinceUptimeMilliseconds) / 1000),
            "restarts": JSONValue(restarts), "last_failure": JSONValue(lastFailure), "health": .string(health),
            "backlog": JSONValue(backlog),
            "oldest_backlog_seconds": JSONValue(Double(oldestBacklogMilliseconds) / 1000),
            "budget": [
                "restarts": JSONValue(intensity), "period_seconds": JSONValue(Double(periodMilliseconds) / 1000),
            ],
            "breaker": JSONValue(breaker?.rawValue),
            "children": .array(children.map(\.json)),
        ]
    }
}
