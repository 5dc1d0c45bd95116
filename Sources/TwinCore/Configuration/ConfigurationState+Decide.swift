/// What a device's configuration concludes: what happened, and what is to be said to the device.
public struct ConfigurationDecision: Sendable, Equatable {
    /// What happened, in order.
    public var events: [ConfigurationEvent]
    /// What is to be said, in order; at most one step is under way at a time.
    ///
    /// Only ``ConfigurationState/decideOnTime(mayTell:revision:at:)`` says something.
    public var steps: [ConfigurationStep]

    /// Puts a decision together.
    public init(events: [ConfigurationEvent] = [], steps: [ConfigurationStep] = []) {
        self.events = events
        self.steps = steps
    }
}

extension ConfigurationState {
    /// The longest zone id that is taken from a device, in characters.
    private static let maximumReportedZone = 64

    /// Decides on a wish that was judged before, see ``Desired/problems(board:)``.
    ///
    /// A wish that changes nothing is no fact, unless it names properties that were refused, expired or still wait:
    /// those are tried anew.
    ///
    /// - Parameters:
    ///   - desired: The whole wish; what it does not name any more is taken back from the device.
    ///   - touched: The properties the operator named, whether they change or not.
    ///   - validUntil: Until when what changes and what is tried anew is to be carried out; `nil` for ever.
    public func decide(
        on desired: Desired, touched: [PropertyPath] = [], by name: String, revision: UInt64, validUntil: UnixTime?,
        at moment: Moment
    ) -> ConfigurationDecision {
        let desired = desired.normalised
        let again = touched.filter { path in properties[path].map { $0.state != .applied } ?? false }
        let paths = Set(Desired.differences(self.desired, desired) + again).sorted()
        guard !paths.isEmpty else { return ConfigurationDecision() }
        return ConfigurationDecision(events: [
            .wished(desired, touched: paths, by: name, revision: revision, validUntil: validUntil)
        ])
    }

    /// What speaks against a wish besides what is wrong with it: too much would be left to be told.
    public func problems(of desired: Desired) -> [ConfigurationProblem] {
        let desired = desired.normalised
        let open = Set(desired.paths + reported.paths + unconfirmed.paths).filter { path in
            unconfirmed.names(path) || !desired.isMet(by: reported, at: path)
        }
        let most = Desired.Limits.openProperties
        guard open.count > most else { return [] }
        let detail =
            "leaves \(open.count) properties to be told, removals included, and \(most) are kept; wait until the device "
            + "has answered what it was told before"
        return [ConfigurationProblem(path: "desired", detail: detail)]
    }

    /// Adopts what a heartbeat says about the device's zone and the number of its parts.
    public func decide(on heartbeat: Heartbeat, at moment: Moment) -> ConfigurationDecision {
        var draft = ConfigurationDraft(self, at: moment)
        if let zone = heartbeat.zone { draft.adopt(zone: zone, master: heartbeat.masterZone) }
        draft.compare(sensors: heartbeat.sensorCount, actuators: heartbeat.actuatorCount)
        return draft.decision
    }

    /// The words of a device about a zone as they are kept.
    static func reportedZone(_ text: String) -> String { String(text.lowercased().prefix(maximumReportedZone)) }
}

extension ConfigurationDraft {
    /// Takes in where the device says it is; that a step came true counts as its answer.
    mutating func adopt(zone: String, master: String?) {
        let id = ConfigurationState.reportedZone(zone)
        let held = state.reported.zone
        let masterID =
            master.map(ConfigurationState.reportedZone) ?? (held?.id == id ? held?.masterID : nil) ?? ""
        if held?.id != id, let step, case .zone(let wish) = step.step.order, wish.id == id,
            wish.masterID.isEmpty || master == nil || wish.masterID == masterID
        {
            note(.applied([.zone]))
            end(.answered)
        } else if held?.id != id || held?.masterID != masterID {
            note(.zoneReported(id: id, masterID: masterID))
        }
    }

    /// Judges the number of the device's parts, unless the answer to a push may still change it.
    fileprivate mutating func compare(sensors: Int?, actuators: Int?) {
        guard state.step == nil else { return }
        var (wrongSensors, wrongActuators): (Int?, Int?)
        if let sensors, state.isSettled(.sensor), !state.expectedCount(.sensor).contains(sensors) {
            wrongSensors = sensors
        }
        if let actuators, state.isSettled(.actuator), !state.expectedCount(.actuator).contains(actuators) {
            wrongActuators = actuators
        }
        guard wrongSensors != nil || wrongActuators != nil else { return }
        if let settled = state.countsSettleAt(sensors: wrongSensors, actuators: wrongActuators),
            moment.uptime < settled
        {
            return
        }
        note(.countMismatched(sensors: wrongSensors, actuators: wrongActuators))
    }
}

extension ConfigurationState {
    /// Whether a section was configured and nothing of it is open.
    fileprivate func isSettled(_ section: ConfigurationAnswer.Section) -> Bool {
        reported.paths.contains { $0.section == section }
            && !properties.contains { $0.key.section == section && $0.value.state.isOpen }
    }
}
