import OrderedCollections
import TwinCore

extension ActuatorDecision {
    /// The most facts that one message, order or tick may make of one output.
    static let maximumEvents = 16
    /// The most requests that it may lead to.
    static let maximumRequests = 8

    /// Which rule the decision would break that every decision keeps; `nil` when it keeps them.
    ///
    /// A second look that shares nothing with what decided: a few comparisons of what the output would be.
    func brokenRule(for state: ActuatorState, in context: ActuatorContext?, at moment: Moment) -> String? {
        guard events.count <= Self.maximumEvents, requests.count <= Self.maximumRequests else {
            return "\(events.count) facts and \(requests.count) requests at once, more than \(Self.maximumEvents) and "
                + "\(Self.maximumRequests)"
        }
        let energises = requests.contains(where: \.energises)
        guard energises || !events.isEmpty else { return nil }
        var next = state
        for event in events { next.apply(event, at: moment) }
        if next.lease != nil, next.safeState != nil { return "it may be on, and is being driven off, at once" }
        if energises, next.lease == nil { return "it would be switched on without a lease" }
        let isNewLease = next.lease != nil && next.lease?.command != state.lease?.command
        guard energises || isNewLease, let context else { return nil }
        if context.circumstances.isLatched { return "it would be switched on while an emergency stop holds it" }
        if let lease = next.lease, isNewLease, lease.seconds > context.kind.limits.maxOnSeconds {
            return "a lease of \(lease.seconds) s, more than the \(context.kind.limits.maxOnSeconds) s of its kind"
        }
        return nil
    }
}

extension DeviceTwin {
    /// The most facts, and the most requests, that one message, order or tick may make of one device.
    static let maximumFacts = 1_024

    /// Which rule the device's twin broke with what it did last; `nil` when it kept them.
    func failure(after decision: Decision) -> TwinFailure? {
        guard decision.facts.count <= Self.maximumFacts, decision.requests.count <= Self.maximumFacts else {
            return TwinFailure("\(decision.facts.count) facts and \(decision.requests.count) requests at once")
        }
        guard state.isStopped, !decision.facts.isEmpty else { return nil }
        for twin in actuators.values where twin.assumeIsolated({ $0.state.lease != nil }) {
            let gpio = twin.assumeIsolated { $0.state.gpio }
            return TwinFailure("gpio \(gpio) has a lease although an emergency stop holds the device")
        }
        return nil
    }
}
