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
        switch EmergencyOrderWords(message) {
        case .unclear: stop("emergency_stop", correlation: correlation, at: now, into: &actions)
        case .missing: refusedMessages += 1
        case .word(let word):
            guard word == "emergency_stop" || word == "clear_emergency" else {
                refusedMessages += 1
                return
            }
            guard isAuthorised(message, by: specification.emergencyToken, into: &actions) else { return }
            if word == "emergency_stop" {
                stop(word, correlation: correlation, at: now, into: &actions)
            } else {
                clear(correlation: correlation, at: now, into: &actions)
            }
        }
    }

    /// Takes `kaiser/broadcast/emergency`: a stop for everybody; a clearing is not accepted here.
    mutating func takeBroadcastEmergency(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let correlation = message.text("incident_correlation_id").map(Firmware.buffered)
        switch EmergencyOrderWords(message) {
        case .unclear: stop("emergency_stop", correlation: correlation, at: now, into: &actions)
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
            guard isAuthorised(message, by: specification.broadcastToken, into: &actions) else { return }
            stop(word, correlation: correlation, at: now, into: &actions)
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
        _ word: String, correlation: String?, at now: Moment, into actions: inout [DeviceAction]
    ) {
        emergency = .stopped(since: now.uptime)
        for index in outputs.indices {
            switchOff(index, at: now)
            outputs[index].isEmergencyStopped = true
        }
        for index in outputs.indices {
            alert(index, "emergency_stop", "Emergency stop executed", at: now, into: &actions)
            report(index, at: now, into: &actions)
        }
        acknowledgeStop(word, correlation: correlation, at: now, into: &actions)
    }

    private mutating func clear(correlation: String?, at now: Moment, into actions: inout [DeviceAction]) {
        if case .stopped(let since) = emergency,
            now.uptime.milliseconds(since: since) < Firmware.clearRefusalMilliseconds
        {
            alertWholeDevice("verification_failed", "Emergency clear refused", at: now, into: &actions)
            return refuseEmergency("clear_failed", "Safety verification failed", into: &actions)
        }
        emergency = .settling(
            until: now.uptime.advanced(byMilliseconds: Firmware.recoverySettleMilliseconds), correlation: correlation,
            wasStopped: emergency.holdsEverything)
    }

    private mutating func isAuthorised(
        _ message: borrowing ReceivedPayload, by token: String?, into actions: inout [DeviceAction]
    ) -> Bool {
        guard let token, message.text("auth_token") != token else { return true }
        refusedMessages += 1
        refuseEmergency("unauthorized", "Invalid auth_token", into: &actions)
        return false
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
