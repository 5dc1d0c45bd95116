import KaiserProtocol
import TwinCore

extension SimulatedDevice {
    /// Takes `config`: applies each section that is there and answers each.
    ///
    /// It works before registration and before approval too.
    mutating func takeConfiguration(
        _ message: borrowing ReceivedPayload, byteCount: Int, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let intent = intent(.config, message)
        guard byteCount <= Firmware.maximumConfigurationBytes else {
            let words = "Config payload of \(byteCount) bytes is larger than \(Firmware.maximumConfigurationBytes)"
            return refuseConfiguration(
                intent, "PAYLOAD_TOO_LARGE", words, correlation: message.name("correlation_id"), at: now,
                into: &actions)
        }
        guard message.name("correlation_id") != nil else {
            tell(.rejected, of: intent, "CONTRACT_CORRELATION_MISSING", "No correlation_id", at: now, into: &actions)
            return refuseConfiguration(
                nil, "CONTRACT_MISSING_CORRELATION", "Config without correlation_id", correlation: nil, at: now,
                into: &actions)
        }
        guard intent.generation == 0 || intent.generation >= latestGeneration else {
            return refuseConfiguration(
                intent, "STALE_SCOPE", "A newer configuration is in place", correlation: intent.correlation, at: now,
                into: &actions)
        }
        latestGeneration = max(latestGeneration, intent.generation)
        tell(.accepted, of: intent, "NONE", "queued", at: now, into: &actions)
        let result = applySections(of: message, intent, at: now, into: &actions)
        if result.applied > 0 || result.failed == 0 {
            tell(.persisted, of: intent, "NONE", "\(result.failed) items refused", at: now, into: &actions)
        } else {
            tell(.failed, of: intent, "VALIDATION_FAIL", "No item was taken", at: now, into: &actions)
        }
        leaveConfigurationPendingIfReady(at: now, into: &actions)
    }

    /// Refuses a whole configuration, and everything else that came as no object.
    mutating func refuseConfiguration(
        _ intent: Intent?, _ word: String, _ words: String, correlation: String?, at now: Moment,
        into actions: inout [DeviceAction]
    ) {
        refusedMessages += 1
        if let intent { tell(.rejected, of: intent, word, words, at: now, into: &actions) }
        var answer = SectionAnswer(section: "unknown", correlation: correlation)
        answer.refusal = (word, words)
        self.answer(answer, at: now, into: &actions)
    }

    /// Takes `config/sensor/{gpio}`, the documented way to configure one pin.
    mutating func takePinConfiguration(
        _ gpio: GPIO, _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let isEnabled = message.boolean("enabled") ?? true
        let milliseconds = message.integer("interval_ms") ?? Int64(Firmware.sensorIntervalSeconds) * 1000
        var item = PayloadWriter()
        item.add("gpio", gpio.number)
        item.add("sensor_type", message.text("sensor_type") ?? "")
        item.add("sensor_name", "sensor \(gpio)")
        item.add("active", isEnabled)
        item.add("measurement_interval_seconds", max(1, milliseconds / 1000))
        let result = change(at: now, into: &actions) { device in
            device.takeItems([item.finished()], section: "sensor") { configuration, item, board throws(ItemFailure) in
                try configuration.place(item, sensorsOf: board)
            }
        }
        var payload = PayloadWriter()
        payload.add("status", result.failures.isEmpty ? "success" : "error")
        payload.add("gpio", gpio.number)
        payload.add("enabled", isEnabled)
        payload.add("interval_ms", milliseconds)
        if let failure = result.failures.first { payload.add("message", failure.cause.words) }
        respond("config/sensor/\(gpio)/ack", payload, at: now, into: &actions)
    }

    private mutating func applySections(
        of message: borrowing ReceivedPayload, _ intent: Intent, at now: Moment, into actions: inout [DeviceAction]
    ) -> (applied: Int, failed: Int) {
        var (applied, failed) = (0, 0)
        var isFirst = true
        let sensors = message.elements("sensors")
        let actuators = message.elements("actuators")
        for (section, items) in [("sensor", sensors), ("actuator", actuators)] {
            guard let items else { continue }
            let result = change(at: now, into: &actions) { device in
                device.takeItems(items, section: section) { configuration, item, board throws(ItemFailure) in
                    if section == "sensor" {
                        try configuration.place(item, sensorsOf: board)
                    } else {
                        try configuration.place(item, actuatorsOf: board)
                    }
                }
            }
            applied += result.applied
            failed += result.failures.count
            if isFirst || !personality.answersFirstSectionOnly {
                answer(section, result, correlation: intent.correlation, at: now, into: &actions)
            }
            isFirst = false
        }
        if let rules = message.elements("offline_rules") {
            configuration.offlineRuleCount = min(rules.count, Firmware.maximumOfflineRules)
            applied += 1
        }
        return (applied, failed)
    }

    /// What became of the items of a section.
    struct SectionResult {
        /// How many were taken.
        var applied = 0
        /// Those that were not.
        var failures: [ItemFailure] = []
    }

    private mutating func takeItems(
        _ items: [[UInt8]], section: String,
        _ place: (inout DeviceConfiguration, borrowing ConfigurationItem, Board) throws(ItemFailure) -> Void
    ) -> SectionResult {
        var result = SectionResult()
        if items.isEmpty { result.failures = [ItemFailure(cause: .emptySection(section))] }
        for bytes in items {
            do throws(ItemFailure) {
                let item = try ConfigurationItem(bytes, section: section)
                if refuses(item.pin) { throw item.failure(.notStored("NVS write failed for GPIO \(item.pin)")) }
                try place(&configuration, item, specification.board)
                result.applied += 1
            } catch {
                result.failures.append(error)
            }
        }
        return result
    }

    /// Whether the personality refuses an item, which it may do only so often.
    private mutating func refuses(_ pin: Int) -> Bool {
        guard let gpio = GPIO(pin), personality.refusedPins.contains(gpio) else { return false }
        if let most = personality.refusals, refusedItems >= most { return false }
        refusedItems += 1
        return true
    }

    /// Changes what the device runs and makes outputs and timetable follow.
    private mutating func change(
        at now: Moment, into actions: inout [DeviceAction], _ body: (inout Self) -> SectionResult
    ) -> SectionResult {
        let before = configuration
        let result = body(&self)
        guard configuration != before else { return result }
        for (index, output) in outputs.enumerated()
        where !configuration.actuators.contains(where: { $0.gpio == output.gpio && $0.kind == output.kind }) {
            isolate(index, at: now, into: &actions)
        }
        wireOutputs()
        scheduleReadings(before: before.sensors, at: now.uptime)
        hurryDiagnostics(at: now)
        return result
    }
}
