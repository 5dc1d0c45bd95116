import TwinCore

extension SimulatedDevice {
    /// Takes `actuator/{gpio}/command`: answers it, and reports the output when the command was carried out.
    ///
    /// A command id that was carried out before is carried out again: the firmware remembers none.
    mutating func takeCommand(
        gpio: GPIO, _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let command = ReceivedCommand(message)
        if let reason = refusalBeforeRegistration {
            return answer(gpio, command, isSuccess: false, reason, at: now, into: &actions)
        }
        guard let index = outputs.firstIndex(where: { $0.gpio == gpio }) else {
            let words = "Actuator not configured on GPIO \(gpio)."
            return answer(gpio, command, isSuccess: false, words, at: now, into: &actions)
        }
        if isEmergencyStopped || outputs[index].isEmergencyStopped {
            answer(gpio, command, isSuccess: false, "Emergency stop active", at: now, into: &actions)
            alert(index, "emergency_stop", "Command refused, emergency stop active", at: now, into: &actions)
            return report(index, at: now, into: &actions)
        }
        guard let verb = command.verb else {
            return answer(gpio, command, isSuccess: false, "Unknown command", at: now, into: &actions)
        }
        guard carryOut(verb, command, on: index, at: now) else {
            return answer(gpio, command, isSuccess: false, verb.failure, at: now, into: &actions)
        }
        outputs[index].commandSource = command.issuedBy
        answer(gpio, command, isSuccess: true, "Command executed", at: now, into: &actions)
        report(index, at: now, into: &actions)
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

    /// Before the gate is open the firmware's admission refuses every command, an OFF included; only the emergency
    /// topics work then.
    private var refusalBeforeRegistration: String? {
        guard !isRegistered else { return nil }
        switch standing {
        case .operational: return "Command refused, registration pending"
        case .pendingApproval: return "Command refused, approval pending"
        case .error: return "Command refused, device in error state"
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
