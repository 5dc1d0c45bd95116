import TwinCore

/// One device: each call is one line of a transcript, and answers what came of it.
struct Device {
    var state: DeviceState
    /// Whether the latest decision said that the device had been away.
    private(set) var isReturn = false

    init(isApproved: Bool = true) {
        state = DeviceState(address: .greenhouse, isApproved: isApproved, at: .at(0))
    }

    /// A device that is approved, online and without a retained will.
    static var online: Device {
        var device = Device()
        _ = device.beat(boot: "b1", at: 0)
        return device
    }

    /// A heartbeat.
    mutating func beat(epoch: UInt32? = nil, boot: String? = nil, at time: Int64) -> [String] {
        let heartbeat = Heartbeat(
            clock: DeviceClock(wire: 1_777_600_000), uptimeSeconds: 1, heapFreeBytes: 100_000, rssiDBm: -60,
            bootSequence: boot, activeHandoverEpoch: epoch)
        state.noteSpeech(at: .at(time))
        return take(state.decide(on: heartbeat, at: .at(time)), at: time)
    }

    /// An announcement.
    mutating func announce(epoch: UInt32, at time: Int64) -> [String] {
        take(state.decide(on: SessionAnnouncement(epoch: epoch, reason: "reconnect"), at: .at(time)), at: time)
    }

    /// A last will.
    mutating func will(isRetained: Bool = false, at time: Int64) -> [String] {
        take(state.decide(on: WillReport(reason: "power_loss", isRetained: isRetained)), at: time)
    }

    /// A word about an emergency stop.
    mutating func say(_ report: EmergencyReport, at time: Int64) -> [String] {
        take(state.decide(on: report, at: .at(time)), at: time)
    }

    /// A status shows where the device's own stop stands.
    mutating func show(_ phase: EmergencyPhase, at time: Int64) -> [String] {
        take(state.decide(on: phase), at: time)
    }

    /// Any other word.
    mutating func speak(at time: Int64) -> [String] {
        defer { state.noteSpeech(at: .at(time)) }
        return take(state.decideOnSpeech(at: .at(time)), at: time)
    }

    /// Only time has passed.
    mutating func tick(at time: Int64) -> [String] {
        take(state.decideOnTime(at: .at(time), silenceMilliseconds: 180_000), at: time)
    }

    /// When time alone next brings something, in milliseconds of uptime.
    var deadline: Int64? { state.nextDeadline(silenceMilliseconds: 180_000)?.milliseconds }

    /// An operator's word.
    mutating func approve(at time: Int64) -> [String] {
        take(state.decideApproval(by: "user:mara", at: .at(time)), at: time)
    }

    /// An operator's word.
    mutating func reject(at time: Int64) -> [String] {
        take(state.decideRejection(by: "user:mara", at: .at(time)), at: time)
    }

    /// An emergency stop.
    mutating func stop(_ incident: Incident = .flood, at time: Int64) -> [String] {
        take(state.decideStop(incident), at: time)
    }

    /// The stop is released.
    mutating func clear(at time: Int64) -> [String] {
        take(state.decideClear(by: "user:mara"), at: time)
    }

    /// The control connection is back.
    mutating func reassert(at time: Int64) -> [String] {
        take(state.decideReassertion(at: .at(time)), at: time)
    }

    private mutating func take(_ decision: DeviceDecision, at time: Int64) -> [String] {
        isReturn = decision.isReturn
        for event in decision.events { state.apply(event, at: .at(time)) }
        return decision.events.map(\.words) + decision.requests.map(\.words)
    }
}
