import TwinCore

extension SimulatedDevice {
    /// Takes `actuator/{gpio}/command`: answers it, and reports the output when the command was carried out.
    ///
    /// A command id that was carried out before is carried out again: the firmware remembers none.
    mutating func takeCommand(
        gpio: GPIO, _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let command = ReceivedCommand(message)
        let intent = intent(.command, message)
        if let refusal = commandRefusal {
            answer(gpio, command, isSuccess: false, refusal.words, at: now, into: &actions)
            return tell(.rejected, of: intent, refusal.code, refusal.words, at: now, into: &actions)
        }
        guard !intent.isExpired(atUptime: uptimeMilliseconds(at: now)) else {
            answer(gpio, command, isSuccess: false, "Command expired", at: now, into: &actions)
            return tell(.expired, of: intent, "TTL_EXPIRED", at: now, into: &actions)
        }
        guard let index = outputs.firstIndex(where: { $0.gpio == gpio }) else {
            let words = "Actuator not configured on GPIO \(gpio)."
            answer(gpio, command, isSuccess: false, words, at: now, into: &actions)
            tell(.failed, of: intent, "EXECUTE_FAIL", words, at: now, into: &actions)
            return report(.actuatorNotFound, words, at: now, into: &actions)
        }
        if isEmergencyStopped || outputs[index].isEmergencyStopped {
            answer(gpio, command, isSuccess: false, "Emergency stop active", at: now, into: &actions)
            alert(index, "emergency_stop", "Command refused, emergency stop active", at: now, into: &actions)
            report(index, at: now, into: &actions)
            return tell(.rejected, of: intent, "SAFETY_LOCKED", "stop active", at: now, into: &actions)
        }
        guard let verb = command.verb else {
            answer(gpio, command, isSuccess: false, "Unknown command", at: now, into: &actions)
            return tell(.rejected, of: intent, "UNKNOWN_COMMAND", command.word, at: now, into: &actions)
        }
        tell(.accepted, of: intent, "COMMAND_ACCEPTED", "queued", at: now, into: &actions)
        guard carryOut(verb, command, on: index, at: now) else {
            answer(gpio, command, isSuccess: false, verb.failure, at: now, into: &actions)
            return tell(.failed, of: intent, "EXECUTE_FAIL", verb.failure, at: now, into: &actions)
        }
        outputs[index].commandSource = command.issuedBy
        answer(gpio, command, isSuccess: true, "Command executed", at: now, into: &actions)
        report(index, at: now, into: &actions)
        tell(.applied, of: intent, "NONE", "done", at: now, into: &actions)
    }

    /// Ends an output's on-time when its duration or the runtime protection says so.
    mutating func endOnTime(of index: Int, at now: Moment, into actions: inout [DeviceAction]) {
        if let end = outputs[index].autoOffAt, end <= now.uptime {
            switchOff(index, at: now)
            outputs[index].commandSource = "firmware:auto_duration"
            report(index, at: now, into: &actions)
        } else if let end = outputs[index].protectedAt, end <= now.uptime {
            switchOff(index, at: now)
            outputs[index].isEmergencyStopped = true
            alert(
                index, "runtime_protection", "Actuator exceeded max runtime - emergency stopped", at: now,
                into: &actions)
            report(index, at: now, into: &actions)
        }
    }

    /// De-energises an output.
    mutating func switchOff(_ index: Int, at now: Moment) {
        advanceGreenhouse(to: now)
        outputs[index].switchOff(at: now.uptime)
    }

    /// Why the firmware's admission refuses every command now, an OFF included; only the emergency topics work then.
    private var commandRefusal: (code: String, words: String)? {
        switch systemState {
        case .pendingApproval: ("PENDING_APPROVAL_BLOCKED", "Command refused, approval pending")
        case .error: ("DEGRADED_MODE_BLOCKED", "Command refused, device in error state")
        case .safeMode: ("DEGRADED_MODE_BLOCKED", "Command refused, device in safe mode")
        case .configurationPending: ("CONFIG_PENDING_BLOCKED", "Command refused, configuration pending")
        case .operational, .libraryDownloading:
            isRegistered ? nil : ("REGISTRATION_PENDING", "Command refused, registration pending")
        }
    }

    /// Drives an output as commanded; `false`, with nothing changed, when the driver refuses.
    private mutating func carryOut(
        _ verb: ReceivedCommand.Verb, _ command: ReceivedCommand, on index: Int, at now: Moment
    ) -> Bool {
        let kind = outputs[index].kind
        if let value = command.value, !kind.clampsValues, !(0...1).contains(value) { return false }
        let level: Int
        switch verb {
        case .on:
            // A dimmer takes the level that comes with an ON; the other drivers know one "on" only.
            let value = kind.clampsValues ? command.value ?? 1 : 1
            level = kind.level(for: value > 0 ? value : 1)
        case .off: level = 0
        case .pwm:
            guard let value = command.value else { return false }
            level = kind.level(for: value)
        case .toggle: level = outputs[index].isOn ? 0 : kind.level(for: 1)
        }
        // An isolated output takes nothing but OFF.
        if level > 0, configuration.isIsolated(outputs[index].gpio, in: outputs[index].subzone) { return false }
        if outputs[index].fault == .lying { return true }
        advanceGreenhouse(to: now)
        guard outputs[index].drive(to: level, at: now.uptime) else { return false }
        // Every command begins anew; the firmware heeds a duration only with ON.
        outputs[index].autoOffAt = nil
        if verb == .on, level > 0, command.durationSeconds > 0 {
            outputs[index].autoOffAt = now.uptime.advanced(byMilliseconds: command.durationSeconds * 1000)
        }
        return true
    }
}
