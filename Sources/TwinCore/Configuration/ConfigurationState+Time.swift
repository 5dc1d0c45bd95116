extension ConfigurationState {
    /// What time alone brings: the next step, a repetition, an end of validity.
    ///
    /// It is due at ``nextDeadline(mayTell:)``, which any fact may move.
    ///
    /// - Parameters:
    ///   - mayTell: Whether the device takes part, has settled after its return, and no emergency stop holds it.
    ///   - mayLetGo: Whether no output may be energised. A device without a zone takes no command, not even OFF, until
    ///     it is told that it is wanted; an output that was removed is not there to be switched off; and another
    ///     polarity may switch one on.
    ///   - isolated: The subzones whose outputs are isolated.
    ///   - revision: The twin's revision, which makes the step's id unique.
    public func decideOnTime(
        mayTell: Bool, mayLetGo: Bool = true, isolated: Set<String> = [], revision: UInt64, at moment: Moment
    ) -> ConfigurationDecision {
        var draft = ConfigurationDraft(self, at: moment)
        let late = properties.filter { $0.value.state.isOpen && $0.value.isOver(at: moment) }.keys.sorted()
        if !late.isEmpty { draft.note(.expired(late)) }
        if let step { draft.advance(step, mayTell: mayTell, mayLetGo: mayLetGo, isolated: isolated) }
        if mayTell, draft.step == nil,
            let next = draft.state.nextStep(
                mayLetGo: mayLetGo, isolated: isolated, revision: revision, at: moment)
        {
            draft.note(.stepBegun(next))
            draft.tell(next)
        }
        return draft.decision
    }

    /// When ``decideOnTime(mayTell:revision:at:)`` next has something to say; `nil` when never.
    ///
    /// A time that is past means at once. It moves with every fact of a configuration and with `mayTell`.
    ///
    /// - Complexity: O(*n*) in the properties, and nothing is allocated while all of them are at rest.
    public func nextDeadline(mayTell: Bool, mayLetGo: Bool = true) -> Uptime? {
        guard step != nil || properties.values.contains(where: { $0.state.isOpen }) else { return nil }
        var deadlines = properties.values.filter { $0.state.isOpen }.compactMap(\.expiresAt)
        if let step {
            if !step.isInterrupted {
                deadlines.append(step.dueAt)
            } else if mayTell {
                deadlines.append(step.sentAt.uptime)
            }
        } else if mayTell {
            let waiting = ConfigurationLane.allCases.filter { !pendingPaths($0, mayLetGo: mayLetGo).isEmpty }
            deadlines += waiting.map { paces[$0]?.pausedUntil ?? Uptime(milliseconds: 0) }
        }
        return deadlines.min()
    }

    /// A new run of the runtime began: what was under way is asked again, and every span counts from now on.
    public mutating func beginRun(at moment: Moment) {
        for (path, property) in properties {
            guard let validUntil = property.validUntil, property.expiresAt != nil else { continue }
            let left = validUntil.milliseconds - moment.time.milliseconds
            properties[path]?.expiresAt = moment.uptime.advanced(byMilliseconds: max(0, left))
        }
        if var step {
            step.sentAt = Moment(time: step.sentAt.time, uptime: moment.uptime)
            step.attempt = 0
            step.failingSince = nil
            step.refusal = nil
            step.isInterrupted = true
            self.step = step
        }
        for lane in ConfigurationLane.allCases {
            guard var pace = paces[lane] else { continue }
            if pace.pausedUntil != nil { pace.pausedUntil = moment.uptime }
            if pace.toldAt != nil { pace.toldAt = moment.uptime }
            if pace.endedAt != nil { pace.endedAt = moment.uptime }
            paces[lane] = pace
        }
        if let mismatch { self.mismatch?.at = Moment(time: mismatch.at.time, uptime: moment.uptime) }
    }

    /// Whether the step under way says what is still wished, of everything that is not answered.
    fileprivate var isStepWanted: Bool {
        guard let step else { return false }
        return step.awaited.allSatisfy { properties[$0]?.state.isUnderWay == true && isUnderWayAsWished($0) }
    }
}

extension ConfigurationState.Property {
    /// Whether the time to carry it out is over, on either clock.
    fileprivate func isOver(at moment: Moment) -> Bool {
        (expiresAt.map { moment.uptime >= $0 } ?? false) || (validUntil.map { moment.time >= $0 } ?? false)
    }
}

extension ConfigurationDraft {
    /// Ends or repeats the step under way when it is due.
    fileprivate mutating func advance(
        _ before: ConfigurationState.StepUnderWay, mayTell: Bool, mayLetGo: Bool, isolated: Set<String>
    ) {
        guard let step, before.isInterrupted ? mayTell : moment.uptime >= before.dueAt else { return }
        if step.failingSince != nil {
            conclude(step)
        } else if !state.isStepWanted {
            end(.dropped("something else is wished now, or its time is over"))
        } else if !mayTell {
            end(.dropped("the device takes no part"))
        } else if !step.lettingGo.isEmpty, !mayLetGo {
            end(.dropped("an output may be energised"))
        } else if step.step.undoesIsolation(of: isolated) {
            end(.dropped("the subzone was isolated meanwhile"))
        } else if step.attempt >= ConfigurationState.StepUnderWay.maximumAttempts {
            end(step.isAnsweredInPart ? .answeredInPart : .postponed("no answer to \(step.attempt) attempts"))
        } else {
            note(.stepRepeated(step.step.id, attempt: step.attempt + 1))
            tell(step.step)
        }
    }

    /// A step that failed was given its time: nothing more comes.
    private mutating func conclude(_ step: ConfigurationState.StepUnderWay) {
        if step.isAnsweredInPart {
            end(.answeredInPart)
        } else if let refusal = step.refusal {
            end(.refused(refusal))
        } else {
            end(.postponed("the device did not say which part failed"))
        }
    }
}
