extension ConfigurationState {
    /// Decides on the answer to one section of a push.
    ///
    /// One push is answered once for each section it contains, with the same correlation id: what is awaited of the
    /// section says whether an answer is the first. An answer that names no push counts for the one under way.
    public func decide(on answer: ConfigurationAnswer, at moment: Moment) -> ConfigurationDecision {
        guard !isRepeated(answer.correlation) else { return ConfigurationDecision() }
        let stray = ConfigurationDecision(events: [.strayAnswer(answer)])
        guard let step, case .push = step.step.order, answer.correlation.map({ $0 == step.step.id.description }) ?? true
        else { return stray }
        let paths = step.awaited.filter { answer.concerns($0) }
        guard !paths.isEmpty else {
            // Said before, or about a section that was not asked for and went well.
            return answer.correlation == nil ? stray : ConfigurationDecision()
        }
        var draft = ConfigurationDraft(self, at: moment)
        switch answer.status {
        case .success: draft.note(.applied(paths))
        case .partialSuccess, .error: draft.take(answer, of: paths)
        }
        draft.endIfAnswered()
        return draft.decision
    }

    /// Decides on the answer to a zone assignment; one that nobody waits for still shows where the device is.
    public func decide(on answer: ZoneAnswer, at moment: Moment) -> ConfigurationDecision {
        guard !isRepeated(answer.correlation) else { return ConfigurationDecision() }
        var draft = ConfigurationDraft(self, at: moment)
        let id = Self.reportedZone(answer.zone)
        guard let step, case .zone(let wish) = step.step.order,
            answer.correlation.map({ $0 == step.step.id.description }) ?? true, answer.fits(wish, id)
        else {
            draft.note(.strayZoneAnswer(answer))
            switch answer.status {
            case .assigned where !id.isEmpty:
                draft.adopt(zone: id, master: answer.masterZone.isEmpty ? nil : answer.masterZone)
            case .removed: draft.adopt(zone: "", master: nil)
            case .assigned, .error: break
            }
            return draft.decision
        }
        switch answer.status {
        case .assigned, .removed:
            draft.note(.applied([.zone]))
            draft.end(.answered)
        case .error: draft.fail(Failing(code: answer.reason, detail: answer.message))
        }
        return draft.decision
    }

    /// Decides on the answer to a change of a subzone.
    public func decide(on answer: SubzoneAnswer, at moment: Moment) -> ConfigurationDecision {
        guard !isRepeated(answer.correlation) else { return ConfigurationDecision() }
        guard let step, let subzone = step.step.subzone,
            answer.correlation.map({ $0 == step.step.id.description }) ?? (answer.subzone == subzone)
        else { return ConfigurationDecision(events: [.straySubzoneAnswer(answer)]) }
        var draft = ConfigurationDraft(self, at: moment)
        switch (step.step.order, answer.status) {
        case (.subzone, .assigned), (.subzoneRemoval, .removed):
            draft.note(.applied([.subzone(subzone)]))
            draft.end(.answered)
        case (.subzoneRemoval, .error) where answer.isAboutNothing:
            draft.note(.applied([.subzone(subzone)]))
            draft.end(.answered)
        case (_, .error):
            let code = answer.reason.isEmpty ? answer.errorCode.map { "\($0)" } ?? "" : answer.reason
            draft.fail(
                Failing(code: code, detail: answer.message, isRetryable: answer.errorCode == SubzoneAnswer.otherParent))
        case (_, .assigned), (_, .removed): draft.note(.straySubzoneAnswer(answer))
        }
        return draft.decision
    }

    /// Decides on what a device says of the intent that a step is to it.
    ///
    /// What was carried out is proved by the step's own answer; only that it was taken in or failed is taken from here.
    public func decide(on outcome: IntentOutcome, at moment: Moment) -> ConfigurationDecision {
        guard let step, [outcome.intent, outcome.correlation].contains(step.step.id.description) else {
            return ConfigurationDecision()
        }
        var draft = ConfigurationDraft(self, at: moment)
        let failing = Failing(code: outcome.code, detail: outcome.reason, isRetryable: outcome.isRetryable)
        switch outcome.outcome {
        case .accepted, .applied, .persisted:
            if step.awaited.contains(where: { properties[$0]?.state == .sent }) {
                draft.note(.stepAccepted(step.step.id))
            }
        case .rejected: draft.fail(failing)
        case .expired: draft.end(.postponed(failing.words))
        case .failed:
            guard case .push = step.step.order else {
                draft.fail(failing)
                break
            }
            // The sections' answers say more, and may come after.
            if step.failingSince == nil {
                draft.note(.stepFailing(step.step.id, refusal: failing.isRetryable ? nil : failing.words))
            }
        }
        return draft.decision
    }

    /// Whether a step of this id was answered entirely before.
    private func isRepeated(_ correlation: String?) -> Bool {
        answered.contains { $0.description == correlation }
    }
}

extension ConfigurationStep {
    /// The subzone it is about.
    fileprivate var subzone: String? {
        switch order {
        case .push, .zone: nil
        case .subzone(let assignment): assignment.subzone
        case .subzoneRemoval(let subzone, _): subzone
        }
    }
}

extension ZoneAnswer {
    /// Whether this is an answer to an assignment to `wish`, and not a late one to another.
    fileprivate func fits(_ wish: ZoneWish, _ zone: String) -> Bool {
        switch status {
        case .assigned: !wish.id.isEmpty && (zone == wish.id || zone.isEmpty && correlation != nil)
        case .removed: wish.id.isEmpty
        case .error: true
        }
    }
}

extension SubzoneAnswer {
    /// The device is in another zone than the subzone's.
    ///
    /// What is known of its zone is out of date then, so that asking again later helps.
    fileprivate static let otherParent = 2502
    private static let notFound = 2503

    /// Whether the device knows no such subzone.
    fileprivate var isAboutNothing: Bool { errorCode == Self.notFound || reason == "SUBZONE_NOT_FOUND" }
}
