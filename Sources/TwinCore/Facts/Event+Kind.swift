extension Event {
    /// Whose event it is and what happened, such as `sensor.sampled`: for people and for queries.
    public var kind: String {
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
        case .catalogueLoaded: "catalogue_loaded"
        case .relayReported: "relay_reported"
        case .broadcastTokenChanged: "broadcast_token_changed"
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
        case .readmitted: "readmitted"
        case .deleted: "deleted"
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
        case .hardwareReported: "hardware_reported"
        case .busScanned: "bus_scanned"
        case .health(let event): event.kind
        case .intent(let event): event.kind
        case .configuration(let event): "configuration_\(event.kind)"
        case .operation(let event): "operation_\(event.kind)"
        case .token(let event): "token_\(event.kind)"
        case .library(let event): "library_\(event.kind)"
        case .alarmed: "alarmed"
        case .quarantined: "quarantined"
        case .quarantineLifted: "quarantine_lifted"
        }
    }
}

extension HealthEvent {
    fileprivate var kind: String {
        switch self {
        case .diagnosed: "diagnosed"
        case .erred: "erred"
        case .pressureChanged: "pressure_changed"
        case .statusReported: "status_reported"
        case .safeModeReported: "safe_mode_reported"
        case .credentialsReported: "credentials_reported"
        case .subzoneReported: "subzone_reported"
        }
    }
}

extension IntentEvent {
    fileprivate var kind: String {
        switch self {
        case .outcome: "intent_outcome"
        case .lifecycle: "intent_lifecycle"
        }
    }
}

extension ConfigurationEvent {
    fileprivate var kind: String {
        switch self {
        case .wished: "wished"
        case .stepBegun: "step_begun"
        case .stepRepeated: "step_repeated"
        case .stepAccepted: "step_accepted"
        case .stepFailing: "step_failing"
        case .applied: "applied"
        case .refused: "refused"
        case .stepEnded: "step_ended"
        case .expired: "expired"
        case .zoneReported: "zone_reported"
        case .countMismatched: "count_mismatched"
        case .strayAnswer: "stray_answer"
        case .strayZoneAnswer: "stray_zone_answer"
        case .straySubzoneAnswer: "stray_subzone_answer"
        }
    }
}

extension OperationEvent {
    fileprivate var kind: String {
        switch self {
        case .accepted: "accepted"
        case .sent: "sent"
        case .repeated: "repeated"
        case .answered: "answered"
        case .failed: "failed"
        case .unanswered: "unanswered"
        case .stray: "stray"
        case .strayMeasurement: "stray_measurement"
        }
    }
}

extension TokenEvent {
    fileprivate var kind: String {
        switch self {
        case .sent: "sent"
        case .confirmed: "confirmed"
        case .refused: "refused"
        }
    }
}

extension LibraryEvent {
    fileprivate var kind: String {
        switch self {
        case .requested: "requested"
        case .refused: "refused"
        case .begun: "begun"
        case .ready: "ready"
        case .chunkSent: "chunk_sent"
        case .chunkAcknowledged: "chunk_acknowledged"
        case .completed: "completed"
        case .chunksMissing: "chunks_missing"
        case .installed: "installed"
        case .failed: "failed"
        case .stray: "stray"
        }
    }
}

extension SensorEvent {
    fileprivate var kind: String {
        switch self {
        case .sampled: "sampled"
        case .registersReported: "registers_reported"
        case .calibration(let event): "calibration_\(event.kind)"
        case .reprocessed: "reprocessed"
        }
    }
}

extension CalibrationEvent {
    fileprivate var kind: String {
        switch self {
        case .begun: "begun"
        case .pointTaken: "point_taken"
        case .pointDropped: "point_dropped"
        case .applied: "applied"
        case .abandoned: "abandoned"
        case .expired: "expired"
        case .removed: "removed"
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
        case .alarmed: "alarmed"
        case .lockedOut: "locked_out"
        case .lockoutEnded: "lockout_ended"
        case .effectSeen: "effect_seen"
        }
    }
}
