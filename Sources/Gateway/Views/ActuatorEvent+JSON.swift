import TwinCore

extension ActuatorEvent {
    /// The event in one word, and what else is known.
    var shown: (String, [JSONValue.Member]) {
        switch self {
        case .reported(let status): ("reported", status.members)
        case .alerted(let alert): ("alerted", [.init(name: "alert", value: alert.json)])
        case .confirmationForgotten: ("confirmation_forgotten", [])
        case .commandAccepted(let order, let drive, let seconds, _):
            (
                "command_accepted",
                [
                    .init(name: "order", value: order.json), .word("command", drive.word),
                    .init(name: "value", value: JSONValue(drive.level)),
                    .init(name: "lease_seconds", value: JSONValue(seconds)),
                ]
            )
        case .commandRefused(let order, let limit, let evaluations):
            (
                "command_refused",
                [
                    .init(name: "order", value: order.json), .word("limit", limit.rawValue),
                    .init(name: "evaluations", value: .array(evaluations.map(\.json))),
                ]
            )
        case .commandSent(let id, let attempt):
            ("command_sent", [.word("command_id", id.description), .init(name: "attempt", value: JSONValue(attempt))])
        case .commandRetried(let id, let attempt):
            (
                "command_retried",
                [.word("command_id", id.description), .init(name: "attempt", value: JSONValue(attempt))]
            )
        case .commandAcknowledged(let id): ("command_acknowledged", [.word("command_id", id.description)])
        case .answered(let response): ("answered", response.members)
        case .commandFinished(let id, let outcome):
            ("command_finished", [.word("command_id", id.description)] + outcome.json.members)
        case .leaseEnded(let end): ("lease_ended", [.word("cause", end.rawValue)])
        case .safeStateOrdered(let cause): ("safe_state_ordered", [.word("cause", cause.word)])
        case .safeStateRepeated: ("safe_state_repeated", [])
        case .safeStateConfirmed: ("safe_state_confirmed", [])
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
            .init(name: "value", value: JSONValue(shownLevel)), .word("emergency", emergency.rawValue),
        ]
    }
}
