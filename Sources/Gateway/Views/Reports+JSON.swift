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
            "lines": .array(lines.prefix(Self.maximumLines).map(\.json)),
        ]
    }
}

extension StopReport.Line {
    fileprivate var json: JSONValue {
        [
            "device": .string(device.description), "gpio": JSONValue(gpio.map { Int($0.number) }),
            "standing": .string(standing.rawValue), "evidence": .string(evidence),
        ]
    }
}

extension Incident {
    /// One emergency stop.
    var json: JSONValue {
        [
            "id": .string(id.description), "scope": scope.json, "reason": .string(reason),
            "issued_by": .string(issuedBy), "issued_at": JSONValue(issuedAt),
        ]
    }
}

extension StopScope {
    /// The scope as a caller writes it.
    var json: JSONValue {
        switch self {
        case .all: "all"
        case .device(let device): ["device": .string(device.description)]
        }
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
            "name": .string(name), "state": .string(state),
            "since_uptime_seconds": JSONValue(Double(sinceUptimeMilliseconds) / 1000),
            "restarts": JSONValue(restarts), "last_failure": JSONValue(lastFailure), "health": .string(health),
            "backlog": JSONValue(backlog),
            "oldest_backlog_seconds": JSONValue(Double(oldestBacklogMilliseconds) / 1000),
            "budget": [
                "restarts": JSONValue(intensity), "period_seconds": JSONValue(Double(periodMilliseconds) / 1000),
            ],
            "children": .array(children.map(\.json)),
        ]
    }
}
