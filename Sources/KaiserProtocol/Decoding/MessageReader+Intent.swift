import TwinCore

extension MessageReader {
    /// What stands for a flow that the contract does not know.
    private static let unknownFlow = "contract"

    /// Reads `system/intent_outcome`; the intent's ids may stand in a member `data`.
    func intentOutcome(_ bytes: Span<UInt8>) throws(Refusal) -> IntentOutcome {
        try checkDevice(isRequired: false, bytes)
        var flags: [String] = []
        let word = try Self.required(
            try word("outcome", of: .outcomes, otherwise: "failed", bytes, &flags), "outcome")
        let outcome = IntentOutcome.Word(rawValue: word) ?? .failed
        let ids = try ids(bytes, &flags)
        return IntentOutcome(
            intent: ids.intent, correlation: ids.correlation, flow: try flow(bytes, &flags), outcome: outcome,
            code: try intentCode(outcome, bytes, &flags), reason: try freeText("reason", bytes),
            isRetryable: try object.boolean("retryable", in: bytes) ?? false, isRecovered: try isRecovered(bytes),
            clock: try wholeClock(bytes), flags: flags)
    }

    /// Reads `system/intent_outcome/lifecycle`.
    func intentLifecycle(_ bytes: Span<UInt8>) throws(Refusal) -> IntentLifecycle {
        try checkDevice(isRequired: false, bytes)
        _ = try object.number("ts", in: bytes)
        let schema = try Self.required(try word("schema", bytes), "schema")
        let event = try Self.required(try word("event_type", bytes), "event_type")
        switch (schema, event) {
        case ("config_pending_lifecycle_v1", "entered_config_pending"):
            return .configurationPending(try pending(true, isExitBlocked: false, bytes))
        case ("config_pending_lifecycle_v1", "exited_config_pending"):
            return .configurationPending(try pending(false, isExitBlocked: false, bytes))
        case ("config_pending_lifecycle_v1", "exit_blocked_config_pending"):
            return .configurationPending(try pending(true, isExitBlocked: true, bytes))
        case ("intent_chain_stage_v1", "intent_chain_stage"):
            var flags: [String] = []
            return .stage(
                IntentStage(
                    intent: try ids(bytes, &flags).intent, flow: try flow(bytes, &flags),
                    stage: try Self.required(try word("stage", bytes), "stage"),
                    code: try word("code", bytes) ?? "NONE"))
        default:
            throw Refusal(.unknownValue, "there is no event_type '\(event)' of schema '\(schema)'")
        }
    }

    private func pending(
        _ isPending: Bool, isExitBlocked: Bool, _ bytes: Span<UInt8>
    ) throws(Refusal) -> ConfigurationPending {
        ConfigurationPending(
            isPending: isPending, isExitBlocked: isExitBlocked, reason: try word("reason_code", bytes) ?? "",
            sensorCount: try object.integer("sensor_count", Self.countRange, in: bytes),
            actuatorCount: try object.integer("actuator_count", Self.countRange, in: bytes))
    }

    /// The intent's id, and what ties it to a request of ours.
    private func ids(
        _ bytes: Span<UInt8>, _ flags: inout [String]
    ) throws(Refusal) -> (intent: String, correlation: String?) {
        var intent = try word("intent_id", bytes)
        var correlation = try correlation(bytes)
        if let inner = try object.object("data", in: bytes) {
            let reader = nested(inner)
            if intent == nil { intent = try reader.word("intent_id", bytes) }
            if correlation == nil { correlation = try reader.correlation(bytes) }
        }
        if correlation == nil { flags.append("missing correlation_id") }
        if let intent { return (intent, correlation) }
        guard let correlation else {
            throw Refusal(
                .missingField, "intent_id is missing, and so is correlation_id; nothing says what it is about")
        }
        flags.append("correlation_id stands in for intent_id")
        return (correlation, correlation)
    }

    private func flow(_ bytes: Span<UInt8>, _ flags: inout [String]) throws(Refusal) -> String {
        if let flow = try word("flow", of: .flows, otherwise: Self.unknownFlow, bytes, &flags) { return flow }
        flags.append("missing flow")
        return Self.unknownFlow
    }

    /// Only an end that is no success needs a code.
    private func intentCode(
        _ outcome: IntentOutcome.Word, _ bytes: Span<UInt8>, _ flags: inout [String]
    ) throws(Refusal) -> String {
        if let code = try word("code", of: .intentCodes, otherwise: Self.unknownCode, bytes, &flags) { return code }
        switch outcome {
        case .accepted, .applied, .persisted: return "NONE"
        case .rejected, .failed, .expired:
            flags.append("missing code")
            return Self.unknownCode
        }
    }

    private func isRecovered(_ bytes: Span<UInt8>) throws(Refusal) -> Bool {
        if let isRecovered = try object.boolean("recovered", in: bytes) { return isRecovered }
        return try object.text("delivery_mode", in: bytes) == "recovered"
    }
}
