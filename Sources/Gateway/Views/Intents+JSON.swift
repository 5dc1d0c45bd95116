import TwinCore

extension IntentLedger.Entry {
    /// One intent as it is shown.
    var json: JSONValue {
        [
            "intent": .string(intent), "flow": .string(flow), "outcome": outcome?.json ?? .null,
            "late_outcomes": JSONValue(lateOutcomes), "stage": stage?.json ?? .null, "last_at": JSONValue(lastAt),
        ]
    }
}

extension IntentOutcome {
    /// One outcome, without what names the intent.
    var json: JSONValue {
        [
            "outcome": .string(outcome.rawValue), "final": JSONValue(outcome.isFinal), "code": .string(code),
            "reason": .string(reason), "retryable": JSONValue(isRetryable), "recovered": JSONValue(isRecovered),
            "correlation": JSONValue(correlation), "flags": .array(flags.map { .string($0) }),
        ]
    }
}

extension IntentStage {
    /// One stage, without what names the intent.
    var json: JSONValue { ["stage": .string(stage), "code": .string(code)] }
}

extension ConfigurationPending {
    /// Whether the device waits for its configuration.
    var json: JSONValue {
        [
            "pending": JSONValue(isPending), "exit_blocked": JSONValue(isExitBlocked), "reason": .string(reason),
            "sensor_count": JSONValue(sensorCount), "actuator_count": JSONValue(actuatorCount),
        ]
    }
}

extension IntentEvent {
    /// What is known beside the kind.
    var members: [JSONValue.Member] {
        switch self {
        case .outcome(let outcome):
            [.word("intent", outcome.intent), .word("flow", outcome.flow)] + outcome.json.members
        case .lifecycle(.configurationPending(let pending)):
            [.word("lifecycle", "config_pending")] + pending.json.members
        case .lifecycle(.stage(let stage)):
            [.word("lifecycle", "stage"), .word("intent", stage.intent), .word("flow", stage.flow)] + stage.json.members
        }
    }
}
