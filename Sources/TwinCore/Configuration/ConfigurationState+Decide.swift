/// What a device's configuration concludes: what happened, and what is to be said to the device.
public struct ConfigurationDecision: Sendable, Equatable {
    /// What happened, in order.
    public var events: [ConfigurationEvent]
    /// What is to be said, in order; at most one step is under way at a time.
    public var steps: [ConfigurationStep]

    /// Puts a decision together.
    public init(events: [ConfigurationEvent] = [], steps: [ConfigurationStep] = []) {
        self.events = events
        self.steps = steps
    }
}

extension ConfigurationState {
    /// Decides on a wish that was judged before.
    public func decide(
        on desired: Desired, by name: String, revision: UInt64, validUntil: UnixTime?, at moment: Moment
    ) -> ConfigurationDecision { ConfigurationDecision() }

    /// Adopts what a heartbeat says about the device's zone and the number of its parts.
    public func decide(on heartbeat: Heartbeat, at moment: Moment) -> ConfigurationDecision { ConfigurationDecision() }

    public func decide(on answer: ConfigurationAnswer, at moment: Moment) -> ConfigurationDecision {
        ConfigurationDecision()
    }
    public func decide(on answer: ZoneAnswer, at moment: Moment) -> ConfigurationDecision { ConfigurationDecision() }
    public func decide(on answer: SubzoneAnswer, at moment: Moment) -> ConfigurationDecision { ConfigurationDecision() }
    public func decide(on outcome: IntentOutcome, at moment: Moment) -> ConfigurationDecision {
        ConfigurationDecision()
    }

    /// What time alone brings: the next step, a repetition, an end of validity.
    ///
    /// - Parameters:
    ///   - mayTell: Whether the device takes part, has settled after its return, and no emergency stop holds it.
    ///   - revision: The twin's revision, which makes the step's id unique.
    public func decideOnTime(mayTell: Bool, revision: UInt64, at moment: Moment) -> ConfigurationDecision {
        ConfigurationDecision()
    }

    /// When ``decideOnTime(mayTell:revision:at:)`` next has something to say; `nil` when never.
    public func nextDeadline(mayTell: Bool) -> Uptime? { nil }

    /// A new run of the runtime began: what was under way is asked again.
    public mutating func beginRun(at moment: Moment) {}
}
