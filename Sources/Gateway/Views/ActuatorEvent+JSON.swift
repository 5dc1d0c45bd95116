import TwinCore

extension ActuatorEvent {
    /// What is known beside the kind.
    var members: [JSONValue.Member] {
        switch self {
        case .reported(let status): status.members
        case .alerted(let alert): [.init(name: "alert", value: alert.json)]
        case .confirmationForgotten: []
        case .commandAccepted(let order, let drive, let seconds, _):
            [
                .init(name: "order", value: order.json), .word("command", drive.word),
                .init(name: "value", value: JSONValue(drive.level)),
                .init(name: "lease_seconds", value: JSONValue(seconds)),
            ]
        case .commandRefused(let order, let limit, let evaluations):
            [
                .init(name: "order", value: order.json), .word("limit", limit.rawValue),
                .init(name: "evaluations", value: .array(evaluations.map(\.json))),
            ]
        case .commandSent(let id, let attempt):
            [.word("command_id", id.description), .init(name: "attempt", value: JSONValue(attempt))]
        case .commandRetried(let id, let attempt):
            [.word("command_id", id.description), .init(name: "attempt", value: JSONValue(attempt))]
        case .commandAcknowledged(let id): [.word("command_id", id.description)]
        case .answered(let response): response.members
        case .commandFinished(let id, let outcome):
            [.word("command_id", id.description)] + outcome.json.members
        case .leaseEnded(let end): [.word("cause", end.rawValue)]
        case .safeStateOrdered(let cause): [.word("cause", cause.word)]
        case .safeStateRepeated: []
        case .safeStateConfirmed: []
        case .alarmed(let alarm): [.init(name: "alarm", value: alarm.json)]
        case .lockedOut(let tag): [.init(name: "lockout", value: tag.json)]
        case .lockoutEnded(.expired): [.word("cause", "expired")]
        case .lockoutEnded(.removed(let by)): [.word("cause", "removed"), .word("by", by)]
        case .effectSeen(let words): [.word("detail", words)]
        }
    }
}

extension ActuatorResponse {
    /// A device's answer as it is shown.
    var members: [JSONValue.Member] {
        [
            .init(name: "command_id", value: JSONValue(command?.description)),
            .init(name: "success", value: JSONValue(isSuccess)), .word("message", message),
        ]
    }
}

extension ActuatorStatus {
    fileprivate var members: [JSONValue.Member] {
        [
            .word("type", type), .word("state", state.rawValue), .init(name: "on", value: JSONValue(isOn)),
            .init(name: "value", value: JSONValue(shownLevel())), .word("emergency", emergency.rawValue),
        ]
    }
}
