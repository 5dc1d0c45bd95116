import Logging
import TwinCore

extension Runtime {
    /// A twin that fails so often within the span takes no part any more.
    static let failuresUntilQuarantine = 3
    /// Within which span failures count together, in milliseconds.
    static let failureSpanMilliseconds: Int64 = 60_000
    /// A twin that failed is not woken again before, in milliseconds: what failed may be due at once.
    static let failurePauseMilliseconds: Int64 = 100

    /// Notes that a twin failed at something; one that fails repeatedly is quarantined, with its outputs driven off.
    func note(_ failure: TwinFailure, of twin: DeviceTwin) {
        let (surroundings, moment) = (surroundings, loop.moment)
        logger.error("A twin failed.", metadata: ["device": "\(twin.id)", "reason": "\(failure.description)"])
        take(twin.assumeIsolated { $0.note(failure, surroundings, at: moment) }, from: twin)
        arm(twin)
    }

    /// Lets a twin take part again.
    func liftQuarantine(
        of id: DeviceID, by name: String, _ reply: @escaping @Sendable (Result<TwinView, ServiceError>) -> Void
    ) {
        guard let twin = twin(for: id, orElse: reply) else { return }
        let moment = loop.moment
        take(twin.assumeIsolated { $0.liftQuarantine(by: name, at: moment) }, from: twin)
        arm(twin)
        self.reply(with: twin, reply)
        commitIfIdle()
    }
}

/// What a twin did that no twin may do; a bug of ours, or of a model.
package struct TwinFailure: Error, Sendable, CustomStringConvertible {
    /// What it was.
    package let description: String

    /// Wraps a description.
    package init(_ description: String) { self.description = description }
}

extension DeviceTwin {
    fileprivate func note(_ failure: TwinFailure, _ surroundings: Surroundings, at moment: Moment) -> Decision {
        failures.removeAll { moment.uptime.milliseconds(since: $0) >= Runtime.failureSpanMilliseconds }
        failures = failures.suffix(Runtime.failuresUntilQuarantine - 1) + [moment.uptime]
        guard failures.count >= Runtime.failuresUntilQuarantine, state.quarantine == nil else { return Decision() }
        failures.removeAll()
        let alarm = SafetyAlarm(
            .quarantined,
            "The twin of \(id) failed \(Runtime.failuresUntilQuarantine) times within a minute (\(failure.description)). "
                + "Its outputs are switched off and stay so. Report it, then: doppel twin release \(id)")
        var decision = take(
            DeviceDecision(events: [.quarantined(failure.description), .alarmed(alarm)]), at: moment)
        decision = counted(decision, at: moment)
        decision.append(driveOff(.quarantined, surroundings, at: moment))
        return decision
    }

    fileprivate func liftQuarantine(by name: String, at moment: Moment) -> Decision {
        guard state.quarantine != nil else { return Decision() }
        return counted(take(DeviceDecision(events: [.quarantineLifted(by: name)]), at: moment), at: moment)
    }
}
