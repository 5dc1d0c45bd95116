import OrderedCollections
import TwinCore

extension DeviceTwin {
    /// Takes one journalled fact in: recovery is *apply* only.
    func apply(_ fact: Fact) {
        switch fact.event {
        case .site: return
        case .device(let event): apply(event, at: fact.moment)
        case .sensor(let key, let event): sensor(key)?.assumeIsolated { $0.apply(event, at: fact.moment) }
        case .actuator(let gpio, let event):
            actuator(gpio, type: event.reportedType)?.assumeIsolated { $0.apply(event, at: fact.moment) }
        }
        if fact.event.isSpeech { noteSpeech(at: fact.moment) }
        note(1, at: fact.moment)
    }

    /// A new run of the runtime began: re-bases, and forgets what only the past run proved.
    func beginRun(at moment: Moment) {
        state.beginRun(at: moment)
        for actuator in actuators.values { actuator.assumeIsolated { $0.beginRun(at: moment) } }
        for sensor in sensors.values { sensor.assumeIsolated { $0.beginRun(at: moment) } }
        note(1, at: moment)
    }

    /// What a run's end left under way: commands whose fate is unknown are over, and their outputs are driven off.
    func settleAfterRestart(_ surroundings: Surroundings, at moment: Moment) -> Decision {
        counted(
            eachActuator(surroundings, at: moment) { state, context in
                state.decideRestart(in: context, at: moment)
            }, at: moment)
    }
}

extension ActuatorEvent {
    fileprivate var reportedType: String {
        if case .reported(let status) = self { status.type } else { "" }
    }
}

extension Event {
    /// Whether the fact stems from a word of the device, so that it proves the device's presence.
    var isSpeech: Bool {
        switch self {
        case .site: false
        case .sensor(_, let event): event.isSpeech
        case .device(let event): event.isSpeech
        case .actuator(_, let event): event.isSpeech
        }
    }
}

extension SensorEvent {
    fileprivate var isSpeech: Bool {
        switch self {
        case .sampled, .registersReported: true
        case .calibration, .reprocessed: false
        }
    }
}

extension DeviceEvent {
    fileprivate var isSpeech: Bool {
        switch self {
        case .discovered, .cameOnline, .heartbeat, .metrics, .announced, .alerted, .stopAcknowledged, .clearRefused,
            .cleared, .strayResponse, .strayEmergency, .moved, .hardwareReported, .busScanned, .health, .intent:
            true
        case .configuration(let event): event.isSpeech
        case .operation(let event): event.isSpeech
        case .token(let event): event.isSpeech
        case .library(let event): event.isSpeech
        case .readmitted, .deleted, .approved, .rejected, .wentOffline,
            .will, .willErased, .stopOrdered, .stopRepeated, .clearRequested,
            .clearSent, .alarmed, .quarantined, .quarantineLifted:
            false
        }
    }
}

extension ConfigurationEvent {
    fileprivate var isSpeech: Bool {
        switch self {
        case .stepAccepted, .stepFailing, .applied, .refused, .zoneReported, .countMismatched, .strayAnswer,
            .strayZoneAnswer,
            .straySubzoneAnswer:
            true
        case .wished, .stepBegun, .stepRepeated, .stepEnded, .expired: false
        }
    }
}

extension OperationEvent {
    fileprivate var isSpeech: Bool {
        switch self {
        case .answered, .stray, .strayMeasurement: true
        case .accepted, .sent, .repeated, .failed, .unanswered: false
        }
    }
}

extension TokenEvent {
    fileprivate var isSpeech: Bool {
        switch self {
        case .confirmed, .refused: true
        case .sent: false
        }
    }
}

extension LibraryEvent {
    fileprivate var isSpeech: Bool {
        switch self {
        case .requested, .ready, .chunkAcknowledged, .chunksMissing, .installed, .stray: true
        case .refused, .begun, .chunkSent, .completed, .failed: false
        }
    }
}

extension ActuatorEvent {
    fileprivate var isSpeech: Bool {
        switch self {
        case .reported, .alerted, .answered: true
        case .confirmationForgotten, .commandAccepted, .commandRefused, .commandSent, .commandRetried,
            .commandAcknowledged, .commandFinished, .leaseEnded, .safeStateOrdered, .safeStateRepeated,
            .safeStateConfirmed, .alarmed, .lockedOut, .lockoutEnded, .effectSeen:
            false
        }
    }
}
