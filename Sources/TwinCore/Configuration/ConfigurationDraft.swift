/// A decision in the making: the facts so far, and the state as it is with them.
struct ConfigurationDraft {
    private(set) var state: ConfigurationState
    private(set) var decision = ConfigurationDecision()
    let moment: Moment

    /// Begins with nothing decided.
    init(_ state: ConfigurationState, at moment: Moment) {
        self.state = state
        self.moment = moment
    }

    /// The step under way, as far as it is answered.
    var step: ConfigurationState.StepUnderWay? { state.step }

    mutating func note(_ event: ConfigurationEvent) {
        state.apply(event, at: moment)
        decision.events.append(event)
    }

    mutating func tell(_ step: ConfigurationStep) { decision.steps.append(step) }

    mutating func end(_ end: StepEnd) {
        guard let step else { return }
        note(.stepEnded(step.step.id, end))
    }

    mutating func endIfAnswered() {
        if step?.awaited.isEmpty == true { end(.answered) }
    }

    /// Refuses properties of the step under way.
    mutating func refuse(_ paths: [PropertyPath], _ reason: String) {
        for path in paths { note(.refused(path, reason)) }
    }
}
