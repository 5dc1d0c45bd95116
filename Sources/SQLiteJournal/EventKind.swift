import TwinCore

extension Event {
    /// A word per kind of event, for people and for queries; the stored body alone is read back.
    var kind: String {
        switch self {
        case .site(let event): "site.\(event.kind)"
        case .device(let event): "device.\(event.kind)"
        case .sensor(_, let event): "sensor.\(event.kind)"
        case .actuator(_, let event): "actuator.\(event.kind)"
        }
    }
}

extension SiteEvent {
    fileprivate var kind: String {
        switch self {
        case .runStarted: "run_started"
        case .runEnded: "run_ended"
        case .stopLatched: "stop_latched"
        case .stopReleased: "stop_released"
        }
    }
}

extension DeviceEvent {
    fileprivate var kind: String {
        switch self {
        case .discovered: "discovered"
        case .moved: "moved"
        case .approved: "approved"
        case .rejected: "rejected"
        case .cameOnline: "came_online"
        case .wentOffline: "went_offline"
        case .heartbeat: "heartbeat"
        case .metrics: "metrics"
        case .announced: "announced"
        case .will: "will"
        case .willErased: "will_erased"
        case .alerted: "alerted"
        case .stopOrdered: "stop_ordered"
        case .stopRepeated: "stop_repeated"
        case .stopAcknowledged: "stop_acknowledged"
        case .clearRequested: "clear_requested"
        case .clearSent: "clear_sent"
        case .clearRefused: "clear_refused"
        case .cleared: "cleared"
        case .strayResponse: "stray_response"
        case .strayEmergency: "stray_emergency"
        }
    }
}

extension SensorEvent {
    fileprivate var kind: String {
        switch self {
        case .sampled: "sampled"
        }
    }
}

extension ActuatorEvent {
    fileprivate var kind: String {
        switch self {
        case .reported: "reported"
        case .alerted: "alerted"
        case .confirmationForgotten: "confirmation_forgotten"
        case .commandAccepted: "command_accepted"
        case .commandRefused: "command_refused"
        case .commandSent: "command_sent"
        case .commandRetried: "command_retried"
        case .commandAcknowledged: "command_acknowledged"
        case .answered: "answered"
        case .commandFinished: "command_finished"
        case .leaseEnded: "lease_ended"
        case .safeStateOrdered: "safe_state_ordered"
        case .safeStateRepeated: "safe_state_repeated"
        case .safeStateConfirmed: "safe_state_confirmed"
        }
    }
}
