import TwinCore

extension ConfigurationState {
    /// The wish, the report and how far the one became the other, as a twin shows them.
    var members: [JSONValue.Member] {
        let step: JSONValue = step?.json ?? .null
        let pending = properties.sorted { $0.key < $1.key }
        return [
            .init(name: "desired", value: desired.json), .init(name: "reported", value: reported.json),
            .init(name: "delta", value: .array(delta.map { .string($0.description) })),
            .init(
                name: "properties",
                value: .object(pending.map { .init(name: $0.key.description, value: $0.value.json) })),
            .init(
                name: "configuration",
                value: [
                    "desired_revision": JSONValue(Int64(clamping: desiredRevision)), "step": step,
                    "mismatch": mismatch?.json ?? .null,
                ]),
        ]
    }
}

extension ConfigurationState.Property {
    fileprivate var json: JSONValue {
        [
            "state": .string(state.word), "since": JSONValue(since), "why": JSONValue(state.reason),
            "valid_until": JSONValue(validUntil),
        ]
    }
}

extension PropertyState {
    /// The state in one word.
    var word: String {
        switch self {
        case .pending: "pending"
        case .sent: "sent"
        case .accepted: "accepted"
        case .applied: "applied"
        case .refused: "refused"
        case .expired: "expired"
        }
    }

    /// Why the device refused; `nil` where it did not.
    var reason: String? {
        if case .refused(let why) = self { why } else { nil }
    }
}

extension ConfigurationState.StepUnderWay {
    fileprivate var json: JSONValue {
        step.json.adding([
            .init(name: "attempt", value: JSONValue(attempt)), .init(name: "sent_at", value: JSONValue(sentAt.time)),
            .init(name: "awaited", value: .array(awaited.sorted().map { .string($0.description) })),
        ])
    }
}

extension ConfigurationState.Mismatch {
    fileprivate var json: JSONValue {
        [
            "sensors": JSONValue(sensors), "actuators": JSONValue(actuators), "pushes": JSONValue(pushes),
            "at": JSONValue(at.time),
        ]
    }
}

extension ConfigurationStep {
    /// What was said to the device.
    var json: JSONValue {
        JSONValue.object([.word("id", id.description)]).adding(order.members)
    }
}

extension ConfigurationStep.Order {
    fileprivate var members: [JSONValue.Member] {
        switch self {
        case .push(let push):
            [
                .word("step", "push"),
                .init(name: "sensors", value: .array(push.sensors.map { .string($0.key.id) })),
                .init(name: "actuators", value: .array(push.actuators.map { .string($0.gpio.description) })),
                .init(name: "removes", value: .array(push.removals.map { .string($0.description) })),
                .word("fingerprint", push.fingerprint),
            ]
        case .zone(let zone): [.word("step", "zone"), .init(name: "zone", value: zone.json)]
        case .subzone(let assignment):
            [
                .word("step", "subzone"), .word("subzone", assignment.subzone),
                .init(name: "wish", value: assignment.wish.json),
            ]
        case .subzoneRemoval(let subzone, _): [.word("step", "subzone_removal"), .word("subzone", subzone)]
        }
    }
}

extension ConfigurationPush {
    /// The parts that the device is to let go.
    fileprivate var removals: [PropertyPath] {
        sensors.filter { !$0.isActive }.map { .sensor($0.key) }
            + actuators.filter { !$0.isActive }.map { .actuator($0.gpio) }
    }
}
