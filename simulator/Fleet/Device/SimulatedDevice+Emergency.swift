import KaiserProtocol
import TwinCore

extension SimulatedDevice {
    /// Takes `actuator/emergency`: a stop or a clearing for this device alone.
    ///
    /// It works before registration too.
    mutating func takeDeviceEmergency(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let correlation = message.text("correlation_id").map(Firmware.buffered)
        let intent = intent(.command, message)
        switch EmergencyOrderWords(message) {
        case .unclear: stop("emergency_stop", correlation: correlation, intent, at: now, into: &actions)
        case .missing: refusedMessages += 1
        case .word(let word):
            guard word == "emergency_stop" || word == "clear_emergency" else {
                refusedMessages += 1
                return
            }
            guard isAuthorised(message, by: emergencyToken, intent, at: now, into: &actions) else { return }
            if word == "emergency_stop" {
                stop(word, correlation: correlation, intent, at: now, into: &actions)
            } else {
                clear(correlation: correlation, intent, at: now, into: &actions)
            }
        }
    }

    /// Takes `kaiser/broadcast/emergency`: a stop for everybody; a clearing is not accepted here.
    mutating func takeBroadcastEmergency(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let correlation = message.text("incident_correlation_id").map(Firmware.buffered)
        let intent = intent(.command, message)
        switch EmergencyOrderWords(message) {
        case .unclear: stop("emergency_stop", correlation: correlation, intent, at: now, into: &actions)
        case .missing: refusedMessages += 1
        case .word(let word):
            // The firmware takes a time that is no text for a malformed message and does not stop.
            guard !message.contains("timestamp") || message.text("timestamp") != nil else {
                refusedMessages += 1
                return
            }
            guard word == "emergency_stop" || word == "stop_all" else {
                refusedMessages += 1
                return
            }
            guard isAuthorised(message, by: broadcastToken, intent, at: now, into: &actions) else { return }
            stop(
                word, correlation: correlation, intent, code: "BROADCAST_EMERGENCY_STOP_TRIGGERED", at: now,
                into: &actions)
        }
    }

    /// Ends the settling of a clearing.
    ///
    /// Outputs stay off until commanded.
    mutating func settle(at now: Moment, into actions: inout [DeviceAction]) {
        guard case .settling(let until, let correlation, _) = emergency, until <= now.uptime else { return }
        emergency = .normal
        for index in outputs.indices { outputs[index].isEmergencyStopped = false }
        reportOutputs(at: now, into: &actions)
        confirmRecovery(correlation: correlation, at: now, into: &actions)
    }

    /// De-energises every output and says so.
    ///
    /// Each further stop begins the refusal of clearings anew.
    private mutating func stop(
        _ word: String, correlation: String?, _ intent: Intent, code: String = "EMERGENCY_STOP_TRIGGERED",
        at now: Moment, into actions: inout [DeviceAction]
    ) {
        emergency = .stopped(since: now.uptime)
        intents.safetyEpoch &+= 1
        for index in outputs.indices {
            switchOff(index, at: now)
            outputs[index].isEmergencyStopped = true
        }
        for index in outputs.indices {
            alert(index, "emergency_stop", "Emergency stop executed", at: now, into: &actions)
            report(index, at: now, into: &actions)
        }
        tell(.applied, of: intent, code, at: now, into: &actions)
        acknowledgeStop(word, correlation: correlation, at: now, into: &actions)
    }

    private mutating func clear(
        correlation: String?, _ intent: Intent, at now: Moment, into actions: inout [DeviceAction]
    ) {
        if case .stopped(let since) = emergency,
            now.uptime.milliseconds(since: since) < Firmware.clearRefusalMilliseconds
        {
            alertWholeDevice("verification_failed", "Emergency clear refused", at: now, into: &actions)
            tell(.failed, of: intent, "EMERGENCY_CLEAR_REJECTED", "Too early", at: now, into: &actions)
            return refuseEmergency("clear_failed", "Safety verification failed", into: &actions)
        }
        tell(.applied, of: intent, "EMERGENCY_CLEAR_APPLIED", at: now, into: &actions)
        emergency = .settling(
            until: now.uptime.advanced(byMilliseconds: Firmware.recoverySettleMilliseconds), correlation: correlation,
            wasStopped: emergency.holdsEverything)
    }

    /// Whether an order may be obeyed: it carries the token that the device holds, if it holds one.
    private mutating func isAuthorised(
        _ message: borrowing ReceivedPayload, by token: String?, _ intent: Intent, at now: Moment,
        into actions: inout [DeviceAction]
    ) -> Bool {
        guard let token else {
            guard personality.needsTokens else { return true }
            refuseOrder(
                .noToken, "No emergency token configured", intent, "NO_TOKEN_CONFIGURED", at: now, into: &actions)
            return false
        }
        guard message.text("auth_token") != token else { return true }
        refuseOrder(.tokenMismatch, "Emergency token mismatch", intent, "UNAUTHORIZED", at: now, into: &actions)
        return false
    }

    private mutating func refuseOrder(
        _ fault: DeviceFault, _ words: String, _ intent: Intent, _ code: String, at now: Moment,
        into actions: inout [DeviceAction]
    ) {
        refusedMessages += 1
        counters.refusedWithoutToken += fault == .noToken ? 1 : 0
        tell(.rejected, of: intent, code, words, at: now, into: &actions)
        refuseEmergency("unauthorized", "Invalid auth_token", into: &actions)
        report(fault, words, at: now, into: &actions)
    }
}

/// What the members `command` and `action` of an emergency message say together.
enum EmergencyOrderWords: Sendable, Equatable {
    /// Exactly one word.
    case word(String)
    /// Neither member is there.
    case missing
    /// A member that matters is no text, or the two contradict each other: nobody can tell what was meant, so the
    /// device fails safe and stops.
    case unclear

    init(_ message: borrowing ReceivedPayload) {
        let command = message.text("command")
        let action = message.text("action")
        if message.contains("command"), command == nil {
            self = .unclear
        } else if message.contains("action"), action == nil {
            self = .unclear
        } else if message.contains("auth_token"), message.text("auth_token") == nil {
            self = .unclear
        } else if let command, let action, command != action {
            self = .unclear
        } else {
            self = (command ?? action).map { .word($0) } ?? .missing
        }
    }
}
