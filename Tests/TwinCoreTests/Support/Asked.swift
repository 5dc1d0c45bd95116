@testable import TwinCore

/// An order and everything that the gate judges it by; without a change, every limit is kept.
struct Asked: Sendable {
    var drive = Drive.on(level: 1)
    var seconds: Int? = 60
    var owner = "user:mara"
    var confirmation = Gate.Confirmation()
    var renews: CommandID?
    var subject = Gate.Subject(address: .greenhouse, gpio: .pin(26), kind: .plain)
    var circumstances = Gate.Circumstances.favourable
    var time: Int64 = 10_000_000

    /// What bounds the output.
    var limits: ActuatorLimits {
        get { subject.kind.limits }
        set { subject.kind.limits = newValue }
    }

    var neighbourhood: Neighbourhood {
        get { circumstances.neighbourhood }
        set { circumstances.neighbourhood = newValue }
    }

    var verdict: Gate.Verdict {
        Gate.energise(
            Gate.Order(
                id: CommandID("c-1"), drive: drive, durationSeconds: seconds, issuedBy: owner,
                timeToLiveMilliseconds: 5_000, confirmation: confirmation, renews: renews),
            subject, circumstances, at: .at(time))
    }

    var evaluations: [Gate.Evaluation] {
        switch verdict {
        case .cleared(_, let evaluations), .refused(_, let evaluations): evaluations
        }
    }

    /// The one limit that is broken; `nil` when none is, or several are.
    var broken: Gate.Evaluation? {
        let broken = evaluations.filter { !$0.isKept }
        return broken.count == 1 ? broken[0] : nil
    }

    var isCleared: Bool {
        if case .cleared = verdict { true } else { false }
    }

    /// The same with something changed.
    func with(_ change: (inout Self) -> Void) -> Self {
        var changed = self
        change(&changed)
        return changed
    }
}

extension ActuatorKind {
    /// A kind that bounds nothing but how long it is on: at most an hour.
    static let plain = ActuatorKind(
        name: "pump", semantics: .digital,
        limits: ActuatorLimits(defaultLeaseSeconds: 60, maxOnSeconds: 3_600, minOffSeconds: 0))
}

extension Duty {
    /// An output that was on in the given spans of uptime, in milliseconds; one without an end is on.
    static func on(_ spans: (from: Int64, to: Int64?)...) -> Self {
        var duty = Duty()
        for span in spans {
            duty.begin(at: .at(span.from))
            guard let end = span.to else { continue }
            duty.end(at: .at(end))
            duty.rest(from: .at(end))
        }
        return duty
    }
}

extension SensorReading {
    /// A reading of a level sensor that is a second old.
    static func level(
        _ value: Double?, _ quality: Quality = .good, ageMilliseconds: Int64 = 1_000, slope: Double? = nil,
        name: String = "level", receivedAt: Int64 = 0
    ) -> Self {
        SensorReading(
            name: name, value: value, quality: quality, ageMilliseconds: ageMilliseconds, slopePerMinute: slope,
            receivedAt: Uptime(milliseconds: receivedAt))
    }
}

extension SensorReference {
    /// Every level sensor of the output's own device.
    static let level = SensorReference(type: "level")
}

extension OutputAddress {
    /// The output that most tests are about.
    static let own = OutputAddress(device: .greenhouse, gpio: .pin(26))
    /// An output of another device.
    static let other = OutputAddress(device: DeviceID("ESP_0D44A19C")!, gpio: .pin(4))
    /// A third one.
    static let third = OutputAddress(device: DeviceID("ESP_0D44A19C")!, gpio: .pin(5))
}

extension ActuatorState.Lease {
    /// A lease of command `c-0` that lasts until the given uptime, in milliseconds.
    static func until(_ end: Int64, of owner: String = "user:mara") -> Self {
        Self(
            command: CommandID("c-0"), owner: owner, startedAt: .at(end - 60_000), seconds: 60,
            endsAt: Uptime(milliseconds: end))
    }
}
