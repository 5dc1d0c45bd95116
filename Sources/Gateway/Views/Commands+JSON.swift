import TwinCore

extension CommandRecord {
    /// The command with everything that is known of it.
    var json: JSONValue {
        order.json.adding([
            .init(name: "device", value: .string(device.description)),
            .init(name: "gpio", value: .integer(Int64(gpio.number))),
            .init(name: "state", value: .string(state.rawValue)),
            .init(name: "finished", value: JSONValue(state.isFinal)),
            .init(name: "refused_by", value: JSONValue(refusedBy?.rawValue)),
            .init(name: "lease_seconds", value: JSONValue(leaseSeconds)),
            .init(name: "evaluations", value: .array(evaluations.map(\.json))),
            .init(name: "evidence", value: .array(evidence.map(\.json))),
        ])
    }
}

extension CommandOrder {
    /// What was asked.
    var json: JSONValue {
        [
            "id": .string(id.description), "command": .string(verb.rawValue), "value": JSONValue(value),
            "duration_seconds": JSONValue(durationSeconds), "issued_by": .string(issuedBy),
            "issued_at": JSONValue(issuedAt), "renews": JSONValue(renews?.description),
            "seconds": JSONValue(seconds?.description),
            "revision": JSONValue(seenRevision.map { Int64(clamping: $0) }),
            "idempotency_key": JSONValue(idempotencyKey),
        ]
    }
}

extension CommandRecord.Evidence {
    var json: JSONValue { ["step": .string(step), "at": JSONValue(at), "detail": .string(detail)] }
}

extension Gate.Evaluation {
    /// One limit's verdict.
    var json: JSONValue {
        [
            "limit": .string(limit.rawValue), "bound": .string(bound), "actual": .string(actual),
            "kept": JSONValue(isKept),
            "retry_after_seconds": JSONValue(retryAfterMilliseconds.map { ($0 + 999) / 1000 }),
        ]
    }
}

extension CommandOutcome {
    /// How it ended.
    var json: JSONValue {
        switch self {
        case .confirmed: ["outcome": "confirmed"]
        case .failed(let why): ["outcome": "failed", "detail": .string(why)]
        case .superseded(let by): ["outcome": "superseded", "by": .string(by.description)]
        case .stopped(let incident): ["outcome": "stopped", "incident": .string(incident.description)]
        case .expired: ["outcome": "expired"]
        }
    }
}
