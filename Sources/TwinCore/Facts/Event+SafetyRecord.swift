extension Event {
    /// Whether it is a link of the chain of safety records: what was ordered, judged, done or admitted where somebody
    /// can be hurt, and who did it.
    ///
    /// Depends on ``kind`` alone, never on what a case holds. Another answer for a kind needs a new version of the
    /// stores: chains that exist were built with this one.
    public var isSafetyRecord: Bool {
        switch self {
        case .site(let event): event.isSafetyRecord
        case .device(let event): event.isSafetyRecord
        case .sensor(_, let event): event.isSafetyRecord
        case .actuator(_, let event): event.isSafetyRecord
        }
    }
}

extension SiteEvent {
    fileprivate var isSafetyRecord: Bool {
        switch self {
        // Without its runs nobody could tell a silence from a gap; the models hold the limits.
        case .runStarted, .runEnded, .stopLatched, .stopReleased, .catalogueLoaded, .broadcastTokenChanged: true
        case .relayReported: false
        }
    }
}

extension DeviceEvent {
    fileprivate var isSafetyRecord: Bool {
        switch self {
        // Who takes part, and where it is told to stop.
        case .discovered, .moved, .approved, .rejected, .readmitted, .deleted: true
        case .stopOrdered, .stopRepeated, .stopAcknowledged, .clearRequested, .clearSent, .clearRefused, .cleared: true
        case .strayEmergency, .alerted, .alarmed, .quarantined, .quarantineLifted, .token: true
        case .health(let event): event.isSafetyRecord
        case .configuration(let event): event.isSafetyRecord
        case .operation(let event): event.isSafetyRecord
        case .library(let event): event.isSafetyRecord
        // What devices say all day; what follows from it is a record of its own.
        case .cameOnline, .wentOffline, .heartbeat, .metrics, .announced, .will, .willErased: false
        case .strayResponse, .hardwareReported, .busScanned, .intent: false
        }
    }
}

extension HealthEvent {
    fileprivate var isSafetyRecord: Bool {
        switch self {
        case .safeModeReported, .subzoneReported: true
        case .diagnosed, .erred, .pressureChanged, .statusReported, .credentialsReported: false
        }
    }
}

extension ConfigurationEvent {
    /// What an output is and which zone it belongs to decides what a stop reaches.
    fileprivate var isSafetyRecord: Bool {
        switch self {
        case .wished, .stepBegun, .stepRepeated, .stepAccepted, .stepFailing, .applied, .refused, .stepEnded: true
        case .expired, .zoneReported: true
        case .countMismatched, .strayAnswer, .strayZoneAnswer, .straySubzoneAnswer: false
        }
    }
}

extension OperationEvent {
    /// Safe mode, isolation of a subzone and factory resets are operations.
    fileprivate var isSafetyRecord: Bool {
        switch self {
        case .accepted, .sent, .repeated, .answered, .failed, .unanswered: true
        case .stray, .strayMeasurement: false
        }
    }
}

extension LibraryEvent {
    /// What code a device runs; not each piece of it.
    fileprivate var isSafetyRecord: Bool {
        switch self {
        case .begun, .completed, .installed, .failed: true
        case .requested, .refused, .ready, .chunkSent, .chunkAcknowledged, .chunksMissing, .stray: false
        }
    }
}

extension SensorEvent {
    fileprivate var isSafetyRecord: Bool {
        switch self {
        // Guards are judged by calibrated values.
        case .calibration, .reprocessed: true
        case .sampled, .registersReported: false
        }
    }
}

extension ActuatorEvent {
    fileprivate var isSafetyRecord: Bool {
        switch self {
        case .commandAccepted, .commandRefused, .commandSent, .commandRetried, .commandAcknowledged, .answered: true
        case .commandFinished, .leaseEnded, .safeStateOrdered, .safeStateRepeated, .safeStateConfirmed: true
        case .alerted, .alarmed, .lockedOut, .lockoutEnded, .effectSeen: true
        // Repeated every 30 s by every output; what it proves is said by the records above.
        case .reported, .confirmationForgotten: false
        }
    }
}
