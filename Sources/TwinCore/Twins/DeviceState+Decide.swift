/// What a device's twin concludes: what happened, and what it asks for; nothing has changed yet.
public struct DeviceDecision: Sendable, Equatable {
    /// What happened, in order.
    public var events: [DeviceEvent] = []
    /// What is asked for, in order.
    public var requests: [Request] = []
    /// Whether the device was away, or restarted: then its outputs are told again what they must not do.
    public var isReturn = false

    /// Puts a decision together.
    public init(events: [DeviceEvent] = [], requests: [Request] = []) {
        self.events = events
        self.requests = requests
    }
}

extension DeviceState {
    /// After this span without a word a device is offline unless configured otherwise, in milliseconds.
    public static let defaultSilenceMilliseconds: Int64 = 180_000
    /// A device refuses a clearing for 5 s after a stop; the rest is for clocks and the way there, in milliseconds.
    public static let clearDelayMilliseconds: Int64 = 5_500
    /// A clearing that is not confirmed is sent again after so long, in milliseconds.
    public static let clearRepeatMilliseconds: Int64 = 10_000
    /// How often an order is repeated to a device that counts as offline.
    static let repeatsWhileOffline = 5
    /// A stop that is not acknowledged is sent again after 1, 2, 4, 8, 16, then every 30 s.
    static func repeatDelayMilliseconds(_ repeats: Int) -> Int64 {
        repeats >= 5 ? 30_000 : 1000 << Int64(repeats)
    }

    /// What any live word of the device means for its presence.
    public func decideOnSpeech(at moment: Moment) -> DeviceDecision {
        guard status == .approved || status == .offline else { return DeviceDecision() }
        return returned(to: DeviceDecision(events: [.cameOnline]), at: moment)
    }

    /// A heartbeat is answered with what the device needs to open its registration gate: status and its own epoch.
    public func decide(on heartbeat: Heartbeat, at moment: Moment) -> DeviceDecision {
        var decision = decideOnSpeech(at: moment)
        let isNewBoot =
            heartbeat.bootSequence != nil && bootSequence != nil && heartbeat.bootSequence != bootSequence
        if isNewBoot, !decision.isReturn { decision = returned(to: decision, at: moment) }
        decision.events.append(.heartbeat(heartbeat))
        let epoch = heartbeat.activeHandoverEpoch.flatMap { $0 >= 1 ? $0 : nil } ?? handoverEpoch
        decision.requests.append(
            .acknowledgeHeartbeat(
                HeartbeatAck(
                    address: address, status: admissionStatus, handoverEpoch: epoch, serverTime: moment.time)))
        if mayHaveRetainedWill {
            decision.events.append(.willErased)
            decision.requests.append(.eraseWill(address))
        }
        return decision
    }

    /// An announcement says that the device has just connected, whatever it was before.
    public func decide(on announcement: SessionAnnouncement, at moment: Moment) -> DeviceDecision {
        var decision = decideOnSpeech(at: moment)
        if !decision.isReturn { decision = returned(to: decision, at: moment) }
        decision.events.append(.announced(announcement))
        return decision
    }

    /// A last will ends an online device's presence at once; for any other it is only noted.
    public func decide(on will: WillReport) -> DeviceDecision {
        var decision = DeviceDecision(events: [.will(will)])
        if status == .online || status == .approved { decision.events.append(.wentOffline(.will(will.reason))) }
        return decision
    }

    /// What the device says of an emergency stop.
    public func decide(on report: EmergencyReport, at moment: Moment) -> DeviceDecision {
        var decision = decideOnSpeech(at: moment)
        switch report {
        case .acknowledged(let correlation, _):
            // A late word about an earlier stop proves nothing about this one.
            decision.events.append(concerns(correlation) ? .stopAcknowledged : .strayEmergency(report))
        case .refused(let error, let message): decision.events.append(.clearRefused("\(error): \(message)"))
        case .clearAnswered(let status):
            decision.events.append(
                status == "emergency_cleared" && wasClearingSent ? .cleared : .strayEmergency(report))
        case .recovered(let correlation):
            decision.events.append(concerns(correlation) && wasClearingSent ? .cleared : .strayEmergency(report))
        }
        return decision
    }

    /// Whether a word of the device is about the stop that holds it; without a correlation it is.
    private func concerns(_ correlation: String?) -> Bool {
        guard let correlation else { return true }
        switch stop {
        case .none: return false
        case .stopped(let incident, _, _, _), .clearing(let incident, _, _, _, _):
            return correlation.hasPrefix(incident.id.description)
        }
    }

    private var wasClearingSent: Bool {
        if case .clearing(_, _, _, let sends, _) = stop { sends > 0 } else { false }
    }

    /// A status in phase `normal` after the clearing was sent shows that the device has let go of its stop.
    public func decide(on phase: EmergencyPhase) -> DeviceDecision {
        if case .clearing(_, _, _, _, .some) = stop, phase == .normal { return DeviceDecision(events: [.cleared]) }
        return DeviceDecision()
    }

    /// The way to the device was interrupted and is open again.
    public func decideReassertion(at moment: Moment) -> DeviceDecision {
        returned(to: DeviceDecision(), at: moment)
    }

    /// An operator lets the device take part; it is told at once, and counts as online when it speaks.
    public func decideApproval(by name: String, at moment: Moment) -> DeviceDecision {
        guard status == .pendingApproval || status == .rejected else { return DeviceDecision() }
        let ack = HeartbeatAck(
            address: address, status: .approved, handoverEpoch: handoverEpoch, serverTime: moment.time)
        return DeviceDecision(events: [.approved(by: name)], requests: [.acknowledgeHeartbeat(ack)])
    }

    /// An operator excludes the device.
    public func decideRejection(by name: String, at moment: Moment) -> DeviceDecision {
        guard status != .rejected else { return DeviceDecision() }
        let ack = HeartbeatAck(
            address: address, status: .rejected, handoverEpoch: handoverEpoch, serverTime: moment.time)
        return DeviceDecision(events: [.rejected(by: name)], requests: [.acknowledgeHeartbeat(ack)])
    }

    /// An emergency stop covers the device, whatever its state.
    public func decideStop(_ incident: Incident) -> DeviceDecision {
        DeviceDecision(events: [.stopOrdered(incident)], requests: [.stopDevice(order(incident))])
    }

    /// The operator released the stop.
    public func decideClear(by name: String) -> DeviceDecision {
        guard case .stopped(let incident, _, _, _) = stop else { return DeviceDecision() }
        return DeviceDecision(events: [.clearRequested(incident.id, by: name)])
    }

    /// What time alone brings: silence, and the repetition of orders that were not answered.
    public func decideOnTime(at moment: Moment, silenceMilliseconds: Int64) -> DeviceDecision {
        var decision = DeviceDecision()
        if let deadline = silenceDeadline(silenceMilliseconds), moment.uptime >= deadline {
            decision.events.append(.wentOffline(.silence))
        }
        if let deadline = stopDeadline, moment.uptime >= deadline {
            switch stop {
            case .none: break
            case .stopped(let incident, _, _, _):
                decision.events.append(.stopRepeated)
                decision.requests.append(.stopDevice(order(incident)))
            case .clearing(let incident, _, _, _, _):
                decision.events.append(.clearSent)
                decision.requests.append(.clearDevice(order(incident)))
            }
        }
        return decision
    }

    /// When ``decideOnTime(at:silenceMilliseconds:)`` next has something to say; `nil` when never.
    public func nextDeadline(silenceMilliseconds: Int64) -> Uptime? {
        [silenceDeadline(silenceMilliseconds), stopDeadline].compactMap(\.self).min()
    }

    private func silenceDeadline(_ silenceMilliseconds: Int64) -> Uptime? {
        // An approved device of which nothing was heard in this run is waited for just as long.
        guard status == .online || status == .approved else { return nil }
        return lastHeard.uptime.advanced(byMilliseconds: silenceMilliseconds)
    }

    /// A device that is away is not told for ever: what holds it is told again when it returns.
    private var stopDeadline: Uptime? {
        switch stop {
        case .none, .stopped(_, _, _, true): nil
        case .stopped(_, _, let repeats, false) where status == .offline && repeats >= Self.repeatsWhileOffline: nil
        case .clearing(_, _, _, let sends, _) where status == .offline && sends >= Self.repeatsWhileOffline: nil
        case .stopped(_, let sentAt, let repeats, false):
            sentAt.uptime.advanced(byMilliseconds: Self.repeatDelayMilliseconds(repeats))
        case .clearing(_, _, let stopSentAt, _, nil):
            stopSentAt.uptime.advanced(byMilliseconds: Self.clearDelayMilliseconds)
        case .clearing(_, _, _, _, .some(let lastSentAt)):
            lastSentAt.uptime.advanced(byMilliseconds: Self.clearRepeatMilliseconds)
        }
    }

    /// A stop is re-asserted before anything else is said to a device that returns.
    private func returned(to decision: DeviceDecision, at moment: Moment) -> DeviceDecision {
        var decision = decision
        decision.isReturn = true
        switch stop {
        case .none: break
        case .stopped(let incident, _, _, _):
            decision.events.append(.stopRepeated)
            decision.requests.append(.stopDevice(order(incident)))
        case .clearing(let incident, _, let stopSentAt, _, _):
            guard moment.uptime.milliseconds(since: stopSentAt.uptime) >= Self.clearDelayMilliseconds else { break }
            decision.events.append(.clearSent)
            decision.requests.append(.clearDevice(order(incident)))
        }
        return decision
    }

    private var admissionStatus: DeviceStatus {
        switch status {
        case .pendingApproval: .pendingApproval
        case .rejected: .rejected
        case .deleted: .deleted
        case .approved, .online, .offline: .online
        }
    }

    private func order(_ incident: Incident) -> EmergencyOrder {
        EmergencyOrder(
            address: address, incident: incident.id, reason: incident.reason, issuedBy: incident.issuedBy,
            issuedAt: incident.issuedAt)
    }
}
