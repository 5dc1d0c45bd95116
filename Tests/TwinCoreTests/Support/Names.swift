import TwinCore

extension DeviceID {
    /// The device that most tests are about.
    static let greenhouse = DeviceID("ESP_7C19F2")!
}

extension GPIO {
    /// A pin that a test names.
    static func pin(_ number: Int) -> GPIO { GPIO(number)! }
}

extension DeviceAddress {
    /// Where the device that most tests are about is reached.
    static let greenhouse = DeviceAddress(kaiser: .god, device: .greenhouse)
}

extension UnixTime {
    /// When the tests' runs begin.
    static let beginning = UnixTime(milliseconds: 1_777_600_000_000)
}

extension Moment {
    /// So many milliseconds after the run began, on both clocks.
    static func at(_ milliseconds: Int64) -> Moment {
        Moment(time: .beginning.advanced(byMilliseconds: milliseconds), uptime: Uptime(milliseconds: milliseconds))
    }
}

extension ActuatorKind {
    /// A pump with a short rest.
    static let pump = ActuatorKind(
        name: "pump", semantics: .digital,
        limits: ActuatorLimits(defaultLeaseSeconds: 300, maxOnSeconds: 3600, minOffSeconds: 2))
    /// A valve with positions.
    static let valve = ActuatorKind(
        name: "valve", semantics: .position,
        limits: ActuatorLimits(defaultLeaseSeconds: 300, maxOnSeconds: 3600, minOffSeconds: 0))
    /// A dimmed output.
    static let fan = ActuatorKind(
        name: "pwm", semantics: .pwm,
        limits: ActuatorLimits(defaultLeaseSeconds: 900, maxOnSeconds: 3600, minOffSeconds: 0))
}

extension Gate.Circumstances {
    /// Nothing stands in the way.
    static let favourable = Gate.Circumstances(
        deviceStatus: .online, isLatched: false, isJournalTakingFacts: true, isBrokerConnected: true)

    /// The same with one thing changed.
    func with(_ change: (inout Self) -> Void) -> Self {
        var changed = self
        change(&changed)
        return changed
    }
}

extension Incident {
    /// An emergency stop of everything.
    static let flood = Incident(
        id: IncidentID("inc-1"), scope: .all, reason: "flood", issuedBy: "user:mara", issuedAt: .beginning)
}
