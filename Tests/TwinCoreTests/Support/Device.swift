import TwinCore

/// One device: each call is one line of a transcript, and answers what came of it.
struct Device {
    var state: DeviceState
    /// What the rest of the runtime contributes.
    var context = DeviceContext(revision: 7, isHeld: false)
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

    /// A device in a state, without a retained will.
    init(status: DeviceStatus) {
        self = .online
        let events: [DeviceEvent] =
            switch status {
            case .pendingApproval: [.rejected(by: "user:mara"), .readmitted]
            case .approved: [.rejected(by: "user:mara"), .approved(by: "user:mara")]
            case .online: []
            case .offline: [.wentOffline(.silence)]
            case .rejected: [.rejected(by: "user:mara")]
            case .deleted: [.deleted(by: "user:mara"), .willErased]
            }
        for event in events { state.apply(event, at: .at(0)) }
    }

    /// A heartbeat.
    mutating func beat(epoch: UInt32? = nil, boot: String? = nil, at time: Int64) -> [String] {
        let heartbeat = Heartbeat(
            clock: DeviceClock(wire: 1_777_600_000), uptimeSeconds: 1, heapFreeBytes: 100_000, rssiDBm: -60,
            bootSequence: boot, activeHandoverEpoch: epoch)
        state.noteSpeech(at: .at(time))
        return take(state.decide(on: heartbeat, in: context, at: .at(time)), at: time)
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
        take(state.decideOnTime(in: context, at: .at(time)), at: time)
    }

    /// When time alone next brings something, in milliseconds of uptime.
    var deadline: Int64? { state.nextDeadline(in: context)?.milliseconds }

    /// An operator's word.
    mutating func approve(at time: Int64) -> [String] {
        take(state.decideApproval(by: "user:mara", at: .at(time)), at: time)
    }

    /// An operator's word.
    mutating func reject(at time: Int64) -> [String] {
        take(state.decideRejection(by: "user:mara", in: context, at: .at(time)), at: time)
    }

    /// An emergency stop.
    mutating func stop(_ incident: Incident = .flood, at time: Int64) -> [String] {
        take(state.decideStop(incident), at: time)
    }

    /// The stop is released.
    mutating func clear(at time: Int64) -> [String] {
        take(state.decideClear(by: "user:mara"), at: time)
    }

    /// An operator's word.
    mutating func delete(at time: Int64) -> [String] {
        take(state.decideDeletion(by: "user:mara", in: context, at: .at(time)), at: time)
    }

    /// Any message of the device.
    mutating func hear(_ message: DeviceMessage, at time: Int64) -> [String] {
        defer { state.noteSpeech(at: .at(time)) }
        return take(state.decide(on: message, in: context, at: .at(time)), at: time)
    }

    /// An operator asks the device for something; a refusal is the transcript's only line.
    mutating func ask(_ id: String, _ kind: Operation.Kind, at time: Int64) -> [String] {
        let operation = Operation(
            id: CommandID(id), kind: kind, issuedBy: "user:mara", issuedAt: Moment.at(time).time)
        do {
            return take(try state.decideOperation(operation, in: context, at: .at(time)), at: time)
        } catch {
            return ["refused: \(error.reason.rawValue)"]
        }
    }

    /// An operation was handed to the broker.
    mutating func sent(_ id: String, at time: Int64) -> [String] {
        take(state.operationSent(CommandID(id)), at: time)
    }

    /// Why an operation that waited for the disk must not leave; `nil` when it may.
    func whyNot(_ id: String, _ kind: Operation.Kind) -> String? {
        let operation = Operation(id: CommandID(id), kind: kind, issuedBy: "", issuedAt: .beginning)
        return state.whyNotToSend(operation, in: context)
    }

    /// Where an operation stands.
    func operation(_ id: String) -> OperationRecord? { state.operations[CommandID(id)] }

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
