import TwinCore

/// What a device says about one section of a configuration.
struct SectionAnswer {
    /// The section's word.
    let section: String
    /// The push's id, where it had one.
    let correlation: String?
    /// How many items were taken.
    var count = 0
    /// Why the section, or the one item, was refused.
    var refusal: (word: String, words: String)?
    /// The one item that was refused.
    var item: ItemFailure?
    /// The items that were refused beside others.
    var failures: [ItemFailure] = []
}

extension SimulatedDevice {
    /// Answers one section.
    ///
    /// Sensors get one answer, whatever became of them. Each refused actuator gets an answer of its own, and the whole
    /// section one only when nothing was refused.
    mutating func answer(
        _ section: String, _ result: SectionResult, correlation: String, at now: Moment,
        into actions: inout [DeviceAction]
    ) {
        var whole = SectionAnswer(section: section, correlation: correlation, count: result.applied)
        guard let first = result.failures.first else { return answer(whole, at: now, into: &actions) }
        guard section == "actuator" else {
            if result.applied > 0 || result.failures.count > 1 { whole.failures = result.failures }
            if result.applied == 0 {
                whole.refusal = (first.cause.word, first.cause.words)
                whole.item = result.failures.count == 1 ? first : nil
            }
            return answer(whole, at: now, into: &actions)
        }
        for failure in result.failures {
            var single = SectionAnswer(section: section, correlation: correlation)
            single.refusal = (failure.cause.word, failure.cause.words)
            single.item = failure
            answer(single, at: now, into: &actions)
        }
    }

    /// Sends `config_response`.
    mutating func answer(_ answer: SectionAnswer, at now: Moment, into actions: inout [DeviceAction]) {
        guard let sequence = admit(.free) else { return }
        var payload = PayloadWriter()
        payload.add("seq", sequence)
        if let refusal = answer.refusal {
            payload.add("status", "error")
            payload.add("type", answer.section)
            payload.add("count", answer.count)
            payload.add("message", refusal.words)
            payload.add("error_code", refusal.word)
        } else {
            payload.add("status", answer.failures.isEmpty ? "success" : "partial_success")
            payload.add("type", answer.section)
            payload.add("count", answer.count)
            payload.add("message", "Configured \(answer.count) \(answer.section)(s) successfully")
        }
        if let item = answer.item, let pin = item.pin {
            payload.add("failed_item") { object in
                object.add("gpio", pin)
                if let type = item.type { object.add("\(answer.section)_type", type) }
            }
        }
        if !answer.failures.isEmpty { list(answer, in: &payload) }
        if let correlation = answer.correlation { payload.add("correlation_id", correlation) }
        respond("config_response", payload, at: now, into: &actions)
    }

    private func list(_ answer: SectionAnswer, in payload: inout PayloadWriter) {
        payload.add("failed_count", answer.failures.count)
        payload.add(
            "failures",
            objects: answer.failures.prefix(Firmware.listedFailures).map { failure in
                var object = PayloadWriter()
                if let type = failure.type { object.add("type", type) }
                if let pin = failure.pin { object.add("gpio", pin) }
                object.add("error_code", failure.cause.number)
                object.add("error", failure.cause.word)
                object.add("detail", failure.cause.words)
                return object
            })
        guard answer.failures.count > Firmware.listedFailures else { return }
        payload.add("failures_truncated", true)
        payload.add("total_failures", answer.failures.count)
    }
}

extension SimulatedDevice {
    /// Whether what it runs is enough to be commanded after its configuration was lost.
    var isReadyToLeaveConfigurationPending: Bool {
        !configuration.sensors.isEmpty && !configuration.actuators.isEmpty || configuration.offlineRuleCount > 0
    }

    /// Ends the wait for a configuration when there is one.
    mutating func leaveConfigurationPendingIfReady(at now: Moment, into actions: inout [DeviceAction]) {
        guard awaitsConfiguration else { return }
        let before = systemState.name
        awaitsConfiguration = !isReadyToLeaveConfigurationPending
        if awaitsConfiguration {
            tellConfigurationPending(
                "exit_blocked_config_pending", reason: "MISSING_SECTIONS", trigger: "config", before: before, at: now,
                into: &actions)
        } else {
            tellConfigurationPending(
                "exited_config_pending", reason: "CONFIG_COMPLETE", trigger: "config", before: before, at: now,
                into: &actions)
        }
    }
}
