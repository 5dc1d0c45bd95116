import Logging
import TwinCore

extension Runtime {
    /// Judges anew whatever depends on what a device's sensors and outputs show.
    ///
    /// Costs one look-up where no kind and no site declares such a limit.
    func judgeDependents(of twin: DeviceTwin, after decision: Decision) {
        let outputs = catalogue.dependents(of: twin.id)
        guard catalogue.readsSensors || !outputs.isEmpty,
            decision.facts.contains(where: \.event.matters)
        else { return }
        let (surroundings, moment) = (surroundings, loop.moment)
        if catalogue.readsSensors,
            let judged = twin.assumeIsolated({ $0.judgeStanding(surroundings, at: moment) })
        {
            take(judged, from: twin)
            arm(twin)
        }
        for output in outputs {
            guard let other = directory.assumeIsolated({ $0.twin(output.device) }),
                let judged = other.assumeIsolated({ $0.judgeStanding(of: output.gpio, surroundings, at: moment) })
            else { continue }
            take(judged, from: other)
            arm(other)
        }
    }

    /// Drives an output off with another one that it feeds.
    func close(_ closing: ActuatorDecision.Closing) {
        guard let twin = directory.assumeIsolated({ $0.twin(closing.output.device) }) else { return }
        let (surroundings, moment) = (surroundings, loop.moment)
        take(twin.assumeIsolated { $0.close(closing, surroundings, at: moment) }, from: twin)
        arm(twin)
    }

    /// Says aloud what an operator must see, and notes when outputs are seen stopped.
    func noteSafety(_ decision: Decision) {
        for fact in decision.facts {
            if !latch.incidents.isEmpty, let device = fact.device,
                case .actuator(let gpio, .safeStateConfirmed) = fact.event
            {
                timings.note(OutputAddress(device: device, gpio: gpio), at: fact.moment.uptime)
            }
            guard let alarm = fact.event.alarm else { continue }
            counters.alarms[alarm.kind, default: 0] += 1
            logger.critical(
                "\(alarm.detail)",
                metadata: ["alarm": "\(alarm.kind.rawValue)", "device": "\(fact.device?.description ?? "site")"])
        }
    }
}

extension Event {
    /// The alarm that it raises; `nil` when it raises none.
    var alarm: SafetyAlarm? {
        switch self {
        case .actuator(_, .alarmed(let alarm)), .device(.alarmed(let alarm)): alarm
        default: nil
        }
    }

    /// Whether limits of other outputs may depend on it.
    fileprivate var matters: Bool {
        switch self {
        case .sensor(_, .sampled), .actuator(_, .reported), .actuator(_, .confirmationForgotten),
            .actuator(_, .safeStateOrdered), .actuator(_, .commandAccepted), .actuator(_, .leaseEnded):
            true
        default: false
        }
    }
}
