extension DeviceState {
    /// A device refuses a clearing for 5 s after a stop; the rest is for clocks and the way there, in milliseconds.
    public static let clearDelayMilliseconds: Int64 = 5_500
    /// A clearing that is not confirmed is sent again after so long, in milliseconds.
    public static let clearRepeatMilliseconds: Int64 = 10_000
    /// How often an order is repeated to a device that counts as offline.
    static let repeatsWhileOffline = 5
    /// After so many OFFs, 31 s at least, an output that a device never showed is none that it has.
    public static let repetitionsUntilAbsent = 6
    /// A stop that is not acknowledged is sent again after 1, 2, 4, 8, 16, then every 30 s.
    static func repeatDelayMilliseconds(_ repeats: Int) -> Int64 {
        repeats >= 5 ? 30_000 : 1000 << Int64(repeats)
    }

    /// An emergency stop covers the device, whatever its state.
    public func decideStop(_ incident: Incident) -> DeviceDecision {
        DeviceDecision(events: [.stopOrdered(incident)], requests: stopRequests(incident))
    }

    /// The operator released the stop.
    public func decideClear(by name: String) -> DeviceDecision {
        guard case .stopped(let incident, _, _, _) = stop else { return DeviceDecision() }
        return DeviceDecision(events: [.clearRequested(incident.id, by: name)])
    }

    /// The way to the device was interrupted and is open again.
    public func decideReassertion(at moment: Moment) -> DeviceDecision {
        var decision = returned(to: DeviceDecision(), at: moment)
        decision.append(asked(operations.decideReassertion()))
        return decision
    }

    /// What the device says of an emergency stop.
    public func decide(on report: EmergencyReport, at moment: Moment) -> DeviceDecision {
        var decision = decideOnSpeech(at: moment)
        switch report {
        case .acknowledged(let correlation, _):
            // A late word about an earlier stop proves nothing about this one.
            decision.events.append(concerns(correlation) ? .stopAcknowledged : .strayEmergency(report))
        case .refused(let error, let message):
            // Of the copies of an order with one token each, a device that obeys one refuses the others.
            let isOther = error == Self.unauthorized && hasObeyed
            decision.events.append(isOther ? .strayEmergency(report) : .clearRefused("\(error): \(message)"))
        case .clearAnswered(let status):
            decision.events.append(
                status == "emergency_cleared" && wasClearingSent ? .cleared : .strayEmergency(report))
        case .recovered(let correlation):
            decision.events.append(concerns(correlation) && wasClearingSent ? .cleared : .strayEmergency(report))
        }
        return decision
    }

    /// A status in phase `normal` after the clearing was sent shows that the device has let go of its stop.
    public func decide(on phase: EmergencyPhase) -> DeviceDecision {
        if case .clearing(_, _, _, _, .some) = stop, phase == .normal { return DeviceDecision(events: [.cleared]) }
        return DeviceDecision()
    }

    /// A stop is re-asserted before anything else is said to a device that returns.
    func returned(to decision: DeviceDecision, at moment: Moment) -> DeviceDecision {
        var decision = decision
        decision.isReturn = true
        switch stop {
        case .none: break
        case .stopped(let incident, _, _, _):
            decision.events.append(.stopRepeated)
            decision.requests.append(contentsOf: stopRequests(incident))
        case .clearing(let incident, _, let stopSentAt, _, _):
            guard moment.uptime.milliseconds(since: stopSentAt.uptime) >= Self.clearDelayMilliseconds else { break }
            decision.events.append(.clearSent)
            decision.requests.append(contentsOf: clearRequests(incident))
        }
        return decision
    }

    /// The repetition of an order that was not answered.
    func decideOnStop(in context: DeviceContext, at moment: Moment) -> DeviceDecision {
        guard let deadline = stopDeadline(in: context), moment.uptime >= deadline else { return DeviceDecision() }
        return switch stop {
        case .none: DeviceDecision()
        case .stopped(let incident, _, _, _):
            DeviceDecision(events: [.stopRepeated], requests: stopRequests(incident))
        case .clearing(let incident, _, _, _, _):
            DeviceDecision(events: [.clearSent], requests: clearRequests(incident))
        }
    }

    /// A device that is away is not told for ever: what holds it is told again when it returns.
    func stopDeadline(in context: DeviceContext) -> Uptime? {
        let isAway = status == .offline || context.isAway
        return switch stop {
        case .none, .stopped(_, _, _, true): nil
        case .stopped(_, _, let repeats, false) where isAway && repeats >= Self.repeatsWhileOffline: nil
        case .clearing(_, _, _, let sends, _) where isAway && sends >= Self.repeatsWhileOffline: nil
        case .stopped(_, let sentAt, let repeats, false):
            sentAt.uptime.advanced(byMilliseconds: Self.repeatDelayMilliseconds(repeats))
        case .clearing(_, _, let stopSentAt, _, nil):
            stopSentAt.uptime.advanced(byMilliseconds: Self.clearDelayMilliseconds)
        case .clearing(_, _, _, _, .some(let lastSentAt)):
            lastSentAt.uptime.advanced(byMilliseconds: Self.clearRepeatMilliseconds)
        }
    }

    /// What a device says that was not shown the token it holds.
    private static let unauthorized = "unauthorized"

    /// Whether a word of the device is about the stop that holds it; without a correlation it is.
    private func concerns(_ correlation: String?) -> Bool {
        guard let correlation else { return true }
        switch stop {
        case .none: return false
        case .stopped(let incident, _, _, _), .clearing(let incident, _, _, _, _):
            return correlation.hasPrefix(incident.id.description)
        }
    }

    /// Whether the device confirmed the latest order.
    private var hasObeyed: Bool {
        switch stop {
        case .none, .stopped(_, _, _, true): true
        case .stopped(_, _, _, false), .clearing: false
        }
    }

    private var wasClearingSent: Bool {
        if case .clearing(_, _, _, let sends, _) = stop { sends > 0 } else { false }
    }

    private func stopRequests(_ incident: Incident) -> [Request] { orders(incident).map(Request.stopDevice) }
    private func clearRequests(_ incident: Incident) -> [Request] { orders(incident).map(Request.clearDevice) }

    /// The same order once with each token that the device may hold; without one when it holds none.
    private func orders(_ incident: Incident) -> [EmergencyOrder] {
        let tokens = tokens.device.candidates.map(Optional.some)
        return (tokens.isEmpty ? [nil] : tokens).map { token in
            EmergencyOrder(
                address: address, incident: incident.id, reason: incident.reason, issuedBy: incident.issuedBy,
                issuedAt: incident.issuedAt, token: token)
        }
    }
}
