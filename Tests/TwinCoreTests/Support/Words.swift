import TwinCore

extension Request {
    /// The request in a few words, for transcripts.
    var words: String {
        switch self {
        case .acknowledgeHeartbeat(let ack):
            "-> ack \(ack.status.rawValue) epoch \(ack.handoverEpoch)"
                + (ack.isConfigurationAvailable ? ", configuration waits" : "")
        case .eraseWill: "-> erase will"
        case .command(let command): "-> \(command.words)"
        case .stopDevice(let order): "-> stop \(order.words)"
        case .clearDevice(let order): "-> clear \(order.words)"
        case .stopEverything(let order): "-> stop everything \(order.words)"
        case .operate(_, let operation): "-> \(operation.words)"
        case .configure(_, let step): "-> configure \(step.id)"
        case .answerProcessing(let answer): "-> processed for gpio \(answer.gpio)"
        case .tellProcessed(let value): "-> processed \(value.type) of gpio \(value.gpio)"
        case .tellPresence(let kaiser, let isOnline, _): "-> \(kaiser) \(isOnline ? "online" : "offline")"
        case .transfer: "-> library"
        case .claimSite(let claim, _): "-> claim \(claim.epoch) by \(claim.instance)"
        }
    }
}

extension EmergencyOrder {
    fileprivate var words: String { "\(incident)" + (token.map { " with \($0.text)" } ?? "") }
}

extension Operation {
    fileprivate var words: String {
        switch kind {
        case .measure(let gpio, _): "\(id) measure gpio \(gpio)"
        case .setEmergencyToken(let token, let use): "\(id) set \(use.rawValue) token \(token.text)"
        case .updateCredentials(let credentials): "\(id) connect as \(credentials.username) \(credentials.password)"
        case .isolateSubzone(let subzone, let isIsolated, _): "\(id) \(isIsolated ? "isolate" : "release") \(subzone)"
        default: "\(id) \(kind.systemWord ?? "?")"
        }
    }
}

extension ClearedCommand {
    fileprivate var words: String {
        switch drive {
        case .off: "OFF by \(issuedBy)"
        case .on(let level): "ON \(level) for \(durationSeconds) s"
        case .pwm(let level): "PWM \(level) for \(durationSeconds) s"
        }
    }
}

extension Drive {
    fileprivate var words: String {
        switch self {
        case .off: "OFF"
        case .on(let level): "ON \(level)"
        case .pwm(let level): "PWM \(level)"
        }
    }
}

extension ActuatorEvent {
    /// The event in a few words, for transcripts.
    var words: String {
        switch self {
        case .reported(let status): "shown \(status.state.rawValue) \(status.level)"
        case .alerted(let alert): "alert \(alert.type)"
        case .confirmationForgotten: "forgotten"
        case .commandAccepted(let order, let drive, let lease, _):
            "\(order.id) accepted \(drive.words)" + (lease.map { " for \($0) s" } ?? "")
        case .commandRefused(let order, let limit, _): "\(order.id) refused by \(limit.rawValue)"
        case .commandSent(let id, let attempt): "\(id) sent \(attempt)"
        case .commandRetried(let id, let attempt): "\(id) retried \(attempt)"
        case .commandAcknowledged(let id): "\(id) acknowledged"
        case .answered(let response): "answered \(response.isSuccess ? "yes" : "no")"
        case .commandFinished(let id, let outcome): "\(id) \(outcome.words)"
        case .leaseEnded(let end): "lease \(end.rawValue)"
        case .safeStateOrdered(let cause): "off ordered: \(cause.words)"
        case .safeStateRepeated: "off repeated"
        case .safeStateConfirmed: "off confirmed"
        case .alarmed(let alarm): "alarm \(alarm.kind.rawValue)"
        case .lockedOut(let tag): "locked out by \(tag.name)"
        case .lockoutEnded(.expired): "lockout expired"
        case .lockoutEnded(.removed(let by)): "lockout removed by \(by)"
        case .effectSeen: "effect seen"
        }
    }
}

extension CommandOutcome {
    fileprivate var words: String {
        switch self {
        case .confirmed: "confirmed"
        case .failed(let reason): "failed: \(reason)"
        case .superseded(let other): "superseded by \(other)"
        case .stopped(let incident): "stopped by \(incident)"
        case .expired: "expired"
        }
    }
}

extension SafeStateCause {
    fileprivate var words: String {
        switch self {
        case .leaseExpired: "lease expired"
        case .commandFailed(let id): "\(id) failed"
        case .emergencyStop(let incident): "\(incident)"
        case .onWhileStopped: "on while stopped"
        case .excluded: "excluded"
        case .onWithoutLease: "on without lease"
        case .restarted: "restarted"
        case .shutdown: "shutdown"
        case .safeMode: "safe mode"
        case .reconfigured: "reconfigured"
        case .limitBroken(let limit): "\(limit.rawValue) broken"
        case .lockedOut: "locked out"
        case .noEffect: "no effect"
        case .feeds(let output): "feeds \(output)"
        case .effectWithoutCommand: "effect without command"
        case .quarantined: "quarantined"
        case .foreignCommand: "foreign command"
        }
    }
}

extension DeviceEvent {
    /// The event in a few words, for transcripts.
    var words: String {
        switch self {
        case .discovered(let kaiser, let isApproved): "discovered at \(kaiser), \(isApproved ? "" : "not ")approved"
        case .moved(let kaiser): "moved to \(kaiser)"
        case .approved(let name): "approved by \(name)"
        case .rejected(let name): "rejected by \(name)"
        case .cameOnline: "online"
        case .wentOffline(.silence): "offline: silence"
        case .wentOffline(.will(let reason)): "offline: \(reason)"
        case .heartbeat: "heartbeat"
        case .metrics: "metrics"
        case .announced(let announcement): "announced epoch \(announcement.epoch)"
        case .will: "will"
        case .willErased: "will erased"
        case .alerted(let alert): "alert \(alert.type)"
        case .alarmed(let alarm): "alarm \(alarm.kind.rawValue)"
        case .quarantined(let reason): "quarantined: \(reason)"
        case .quarantineLifted(let name): "quarantine lifted by \(name)"
        case .stopOrdered(let incident): "stop ordered \(incident.id)"
        case .stopRepeated: "stop repeated"
        case .stopAcknowledged: "stop acknowledged"
        case .clearRequested(let id, let name): "clear requested \(id) by \(name)"
        case .clearSent: "clear sent"
        case .clearRefused(let reason): "clear refused: \(reason)"
        case .cleared: "cleared"
        case .strayResponse: "stray response"
        case .strayEmergency: "stray emergency"
        case .readmitted: "readmitted"
        case .deleted(let name): "deleted by \(name)"
        case .hardwareReported(let hardware): "hardware \(hardware.board)"
        case .busScanned(let scan): "bus scanned: \(scan.members.count)"
        case .health(let event): event.words
        case .intent(.outcome(let outcome)): "\(outcome.intent) \(outcome.outcome.rawValue)"
        case .intent(.lifecycle): "lifecycle"
        case .operation(let event): event.words
        case .token(let event): event.words
        case .configuration, .library: Event.device(self).kind
        }
    }
}

extension HealthEvent {
    fileprivate var words: String {
        switch self {
        case .diagnosed: "diagnosed"
        case .erred(let error): "error \(error.code)"
        case .pressureChanged(let pressure): "pressure \(pressure.isUnderPressure ? "on" : "off")"
        case .statusReported: "status"
        case .safeModeReported(let report): "safe mode \(report.isActive ? "on" : "off")"
        case .credentialsReported(let report): "credentials \(report.isSuccess ? "taken" : "refused")"
        case .subzoneReported(let status): "subzone \(status.subzone) \(status.isSafe ? "isolated" : "released")"
        }
    }
}

extension OperationEvent {
    fileprivate var words: String {
        switch self {
        case .accepted(let operation): "\(operation.words) accepted"
        case .sent(let id): "\(id) sent"
        case .repeated(let id): "\(id) repeated"
        case .answered(let id, let isSuccess, let detail, let members):
            "\(id) answered \(isSuccess ? "yes" : "no")" + (detail.isEmpty ? "" : ": \(detail)")
                + members.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        case .failed(let id, let reason): "\(id) failed: \(reason)"
        case .unanswered(let id): "\(id) unanswered"
        case .stray(let answer): "stray \(answer.command)"
        case .strayMeasurement(let answer): "stray measurement \(answer.request)"
        }
    }
}

extension TokenEvent {
    fileprivate var words: String {
        switch self {
        case .sent(let token, let use): "\(use.rawValue) token \(token.text) sent"
        case .confirmed(let use): "\(use.rawValue) token confirmed"
        case .refused(let use, let reason): "\(use.rawValue) token refused: \(reason)"
        }
    }
}
