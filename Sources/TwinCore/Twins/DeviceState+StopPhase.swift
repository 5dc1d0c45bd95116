extension DeviceState {
    /// How an emergency stop holds a device.
    public enum StopPhase: Sendable, Equatable, Codable {
        /// Not at all. Next: stopped.
        case none
        /// The order was sent, `sentAt` for the last time. Next: clearing, stopped (another incident).
        case stopped(Incident, sentAt: Moment, repeats: Int, isAcknowledged: Bool)
        /// The operator released it; the device has not confirmed. Next: none, stopped.
        case clearing(Incident, by: String, stopSentAt: Moment, sends: Int, lastSentAt: Moment?)
    }

    /// Whether the release of this emergency stop waits for the device's confirmation.
    public func isClearing(_ incident: IncidentID) -> Bool {
        if case .clearing(let held, _, _, _, _) = stop { held.id == incident } else { false }
    }

    /// Whether the order of this emergency stop was sent to the device.
    public func isHeld(by incident: Incident) -> Bool {
        if case .stopped(let held, _, _, _) = stop { held.id == incident.id } else { false }
    }

    /// After a restart nothing is known of the orders that were sent: they count from now on.
    mutating func beginStopAgain(at moment: Moment) {
        switch stop {
        case .none: break
        case .stopped(let incident, _, _, _):
            stop = .stopped(incident, sentAt: moment, repeats: 0, isAcknowledged: false)
        case .clearing(let incident, let by, _, let sends, _):
            stop = .clearing(incident, by: by, stopSentAt: moment, sends: sends, lastSentAt: nil)
        }
    }

    /// Takes a fact about an emergency stop into the state.
    mutating func applyStop(_ event: DeviceEvent, at moment: Moment) {
        switch event {
        case .clearRefused(let words): emergencyRefusal = words
        case .stopAcknowledged, .cleared: emergencyRefusal = nil
        case .stopOrdered(let incident): stoppedBy.note(incident.id)
        case .clearRequested: stoppedBy = []
        default: break
        }
        switch (event, stop) {
        case (.stopOrdered(let incident), _):
            stop = .stopped(incident, sentAt: moment, repeats: 0, isAcknowledged: false)
        case (.stopRepeated, .stopped(let incident, _, let repeats, _)):
            stop = .stopped(incident, sentAt: moment, repeats: repeats + 1, isAcknowledged: false)
        case (.stopAcknowledged, .stopped(let incident, let sentAt, let repeats, _)):
            stop = .stopped(incident, sentAt: sentAt, repeats: repeats, isAcknowledged: true)
        case (.clearRequested(_, let by), .stopped(let incident, let sentAt, _, _)):
            stop = .clearing(incident, by: by, stopSentAt: sentAt, sends: 0, lastSentAt: nil)
        case (.clearSent, .clearing(let incident, let by, let stopSentAt, let sends, _)):
            stop = .clearing(incident, by: by, stopSentAt: stopSentAt, sends: sends + 1, lastSentAt: moment)
        case (.clearRefused, .clearing(let incident, let by, _, let sends, _)):
            // The device counts its 5 s from a stop that it saw later than we sent it: wait the whole span again.
            stop = .clearing(incident, by: by, stopSentAt: moment, sends: sends, lastSentAt: nil)
        case (.cleared, .clearing): stop = .none
        default: break  // A late or repeated word about a stop that is over changes nothing.
        }
    }
}

extension [IncidentID] {
    /// Takes in that an emergency stop took hold; what is kept is bounded as the latch is.
    mutating func note(_ incident: IncidentID) {
        removeAll { $0 == incident }
        append(incident)
        if count > Latch.maximumIncidents { removeFirst() }
    }
}
