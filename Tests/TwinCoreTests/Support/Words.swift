import TwinCore

extension Request {
    /// The request in a few words, for transcripts.
    var words: String {
        switch self {
        case .acknowledgeHeartbeat(let ack): "-> ack \(ack.status.rawValue) epoch \(ack.handoverEpoch)"
        case .eraseWill: "-> erase will"
        case .command(let command): "-> \(command.words)"
        case .stopDevice(let order): "-> stop \(order.incident)"
        case .clearDevice(let order): "-> clear \(order.incident)"
        case .stopEverything(let order): "-> stop everything \(order.incident)"
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
        case .stopOrdered(let incident): "stop ordered \(incident.id)"
        case .stopRepeated: "stop repeated"
        case .stopAcknowledged: "stop acknowledged"
        case .clearRequested(let id, let name): "clear requested \(id) by \(name)"
        case .clearSent: "clear sent"
        case .clearRefused(let reason): "clear refused: \(reason)"
        case .cleared: "cleared"
        case .strayResponse: "stray response"
        case .strayEmergency: "stray emergency"
        }
    }
}
