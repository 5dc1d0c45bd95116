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

    /// Adds what was concluded after it.
    mutating func append(_ other: DeviceDecision) {
        events.append(contentsOf: other.events)
        requests.append(contentsOf: other.requests)
        isReturn = isReturn || other.isReturn
    }
}

extension DeviceState {
    /// After this span without a word a device is offline unless configured otherwise, in milliseconds.
    public static let defaultSilenceMilliseconds: Int64 = 180_000

    /// What any live word of the device means for its presence.
    public func decideOnSpeech(at moment: Moment) -> DeviceDecision {
        guard status == .approved || status == .offline else { return DeviceDecision() }
        return returned(to: DeviceDecision(events: [.cameOnline]), at: moment)
    }

    /// A heartbeat is answered with what the device needs to open its registration gate: status and its own epoch.
    ///
    /// What it reports of its configuration is adopted before the answer says whether another waits for it.
    public func decide(on heartbeat: Heartbeat, in context: DeviceContext, at moment: Moment) -> DeviceDecision {
        var decision = decideOnSpeech(at: moment)
        if isNewBoot(heartbeat), !decision.isReturn { decision = returned(to: decision, at: moment) }
        let asksAgain = mayAskAgain(at: moment)
        if asksAgain { decision.events.append(.readmitted) }
        decision.events.append(.heartbeat(heartbeat))

        let adopted = isExcluded ? ConfigurationDecision() : configuration.decide(on: heartbeat, at: moment)
        let epoch = heartbeat.activeHandoverEpoch.flatMap { $0 >= 1 ? $0 : nil } ?? handoverEpoch
        let told = isExclusionHeldBack(in: context, at: moment) ? .online : admissionStatus
        decision.requests.append(
            .acknowledgeHeartbeat(
                HeartbeatAck(
                    address: address, status: asksAgain ? .pendingApproval : told, handoverEpoch: epoch,
                    serverTime: moment.time, isConfigurationAvailable: hasConfiguration(after: adopted, at: moment))))
        decision.append(self.told(adopted))
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

    /// Whether an operator said no to the device, so that nothing of it is adopted.
    private var isExcluded: Bool {
        switch status {
        case .rejected, .deleted: true
        case .pendingApproval, .approved, .online, .offline: false
        }
    }

    /// Whether something of the wished configuration waits for a device that takes part.
    private func hasConfiguration(after adopted: ConfigurationDecision, at moment: Moment) -> Bool {
        guard admissionStatus == .online else { return false }
        var configuration = configuration
        for event in adopted.events { configuration.apply(event, at: moment) }
        return configuration.properties.values.contains { property in
            switch property.state {
            case .pending, .sent, .accepted: true
            case .applied, .refused, .expired: false
            }
        }
    }
}
