import TwinCore

extension SimulatedDevice {
    /// What a message of the server calls itself; the device makes up an id for one without.
    mutating func intent(_ flow: Intent.Flow, _ message: borrowing ReceivedPayload) -> Intent {
        intents.invented += 1
        return Intent(flow, message, inventing: "\(clientID)-b\(bootCount)-i\(intents.invented)")
    }

    /// Sends `system/intent_outcome`.
    mutating func tell(
        _ outcome: IntentOutcome.Word, of intent: Intent, _ code: String = "NONE", _ reason: String = "",
        at now: Moment, into actions: inout [DeviceAction]
    ) {
        tellStage(outcome.rawValue, of: intent, code, at: now, into: &actions)
        if outcome.isFinal { intents.final += 1 }
        guard let sequence = admit(.held) else { return }
        var payload = PayloadWriter()
        payload.add("seq", sequence)
        payload.add("flow", intent.flow.rawValue)
        payload.add("intent_id", intent.id)
        payload.add("correlation_id", intent.correlation)
        payload.add("generation", intent.generation)
        payload.add("created_at_ms", intent.createdAtMilliseconds)
        payload.add("ttl_ms", intent.lifetimeMilliseconds)
        payload.add("epoch", intents.safetyEpoch)
        payload.add("outcome", outcome.rawValue)
        payload.add("contract_version", 2)
        payload.add("semantic_mode", "target")
        payload.add("legacy_status", outcome.legacyWord)
        payload.add("target_status", outcome.rawValue)
        payload.add("code", code)
        payload.add("reason", reason)
        payload.add("retryable", code == "REGISTRATION_PENDING" || code == "CONFIG_PENDING_BLOCKED")
        payload.add("critical", intent.flow == .config)
        payload.add("retry_limit", 5)
        payload.add("retry_count", 0)
        payload.add("recovered", false)
        payload.add("delivery_mode", "direct")
        payload.add("outcome_retry_count", 0)
        payload.add("outcome_recovered_count", 0)
        payload.add("outcome_drop_count_critical", 0)
        payload.add("outcome_final_confirmed_count", intents.final)
        payload.add("ts", seconds(at: now))
        respond("system/intent_outcome", payload, at: now, into: &actions)
    }

    /// Sends `system/intent_outcome/lifecycle` about the wait for a configuration.
    mutating func tellConfigurationPending(
        _ event: String, reason: String, trigger: String, before: String, at now: Moment,
        into actions: inout [DeviceAction]
    ) {
        guard let sequence = admit(.held) else { return }
        var payload = PayloadWriter()
        payload.add("event_type", event)
        payload.add("schema", "config_pending_lifecycle_v1")
        payload.add("reason_code", reason)
        payload.add("trigger_source", trigger)
        payload.add("esp_id", clientID)
        payload.add("state_before", before)
        payload.add("state_after", systemState.name)
        payload.add("sensor_count", configuration.sensors.count)
        payload.add("actuator_count", configuration.actuators.count)
        payload.add("offline_rule_count", configuration.offlineRuleCount)
        payload.add("runtime_profile", "default")
        payload.add("readiness_decision", awaitsConfiguration ? "blocked" : "ready")
        payload.add("boot_sequence_id", bootSequence)
        payload.add("seq", sequence)
        payload.add("ts", seconds(at: now))
        send("system/intent_outcome/lifecycle", payload, into: &actions)
    }

    private mutating func tellStage(
        _ stage: String, of intent: Intent, _ code: String, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard personality.tellsStages, let sequence = admit(.held) else { return }
        var payload = PayloadWriter()
        payload.add("event_type", "intent_chain_stage")
        payload.add("schema", "intent_chain_stage_v1")
        payload.add("flow", intent.flow.rawValue)
        payload.add("stage", stage)
        payload.add("intent_id", intent.id)
        payload.add("correlation_id", intent.correlation)
        payload.add("generation", intent.generation)
        payload.add("epoch", intents.safetyEpoch)
        payload.add("code", code)
        payload.add("detail", "")
        payload.add("seq", sequence)
        payload.add("ts", seconds(at: now))
        respond("system/intent_outcome/lifecycle", payload, at: now, into: &actions)
    }
}

extension IntentOutcome.Word {
    /// What older servers read.
    fileprivate var legacyWord: String {
        switch self {
        case .persisted: "success"
        case .accepted, .applied: "processing"
        case .rejected, .failed, .expired: rawValue
        }
    }
}
