extension DeviceState {
    /// Decides on anything the device says, as far as it concerns the device itself.
    ///
    /// Values and outputs are for its children: of those only the device's presence is decided here.
    ///
    /// - Parameters:
    ///   - message: What it says.
    ///   - context: What the rest of the runtime contributes.
    ///   - moment: When it reached the runtime.
    /// - Returns: Facts and requests, the presence first; whoever is back is told of a stop before anything else.
    public func decide(
        on message: DeviceMessage, in context: DeviceContext, at moment: Moment
    ) -> DeviceDecision {
        switch message {
        case .heartbeat(let heartbeat): return decide(on: heartbeat, in: context, at: moment)
        case .announcement(let announcement): return decide(on: announcement, at: moment)
        case .will(let will): return decide(on: will)
        case .emergency(let report): return decide(on: report, at: moment)
        default:
            var decision = decideOnSpeech(at: moment)
            decision.append(decideOnContent(of: message, in: context, at: moment))
            return decision
        }
    }

    /// Whether a message answers an operation under way, so that it counts even from a device that waits for approval.
    public func isAwaited(_ message: DeviceMessage) -> Bool {
        switch message {
        case .system(let answer): operations.awaiting(answer) != nil
        default: false
        }
    }

    private func decideOnContent(
        of message: DeviceMessage, in context: DeviceContext, at moment: Moment
    ) -> DeviceDecision {
        switch message {
        case .diagnostics(let diagnostics): DeviceDecision(events: [.health(.diagnosed(diagnostics))])
        case .error(let error): DeviceDecision(events: [.health(.erred(error))])
        case .queuePressure(let pressure): DeviceDecision(events: [.health(.pressureChanged(pressure))])
        case .status(let status): DeviceDecision(events: [.health(.statusReported(status))])
        case .safeMode(let report): noted(.safeModeReported(report), operations.decide(on: report))
        case .credentials(let report): noted(.credentialsReported(report), operations.decide(on: report))
        case .subzoneStatus(let status): noted(.subzoneReported(status), operations.decide(on: status))
        case .hardware(let hardware): DeviceDecision(events: [.hardwareReported(hardware)])
        case .metrics(let metrics): DeviceDecision(events: [.metrics(metrics)])
        case .busScan(let scan): decide(on: scan)
        case .intent(let outcome): decide(on: outcome, at: moment)
        case .intentLifecycle(let lifecycle): DeviceDecision(events: [.intent(.lifecycle(lifecycle))])
        case .configuration(let answer): told(configuration.decide(on: answer, at: moment))
        case .zone(let answer): decide(on: answer, at: moment)
        case .subzone(let answer): decide(on: answer, at: moment)
        case .system(let answer): decide(on: answer, at: moment)
        case .measured(let answer): asked(operations.decide(on: answer))
        case .library(let message):
            transferred(
                library.decide(on: message, libraries: context.libraries, revision: context.revision, at: moment))
        case .sensor, .sensorBatch, .processing, .actuatorStatus, .actuatorResponse, .actuatorAlert, .heartbeat,
            .announcement, .will, .emergency:
            DeviceDecision()
        }
    }

    /// An answer about a token says which emergency orders the device obeys, even when it comes late.
    private func decide(on answer: SystemAnswer, at moment: Moment) -> DeviceDecision {
        var decision = asked(operations.decide(on: answer, at: moment))
        guard answer.word == Operation.tokenWord, let use = tokenUse(of: answer), tokens[use].sent != nil else {
            return decision
        }
        decision.events.append(.token(answer.isSuccess ? .confirmed(use) : .refused(use, answer.error)))
        return decision
    }

    /// Which token an answer is about: the one it names, else the only one that waits for an answer.
    private func tokenUse(of answer: SystemAnswer) -> TokenUse? {
        if let word = answer.members["token_type"] { return TokenUse(rawValue: word) }
        if case .setEmergencyToken(_, let use) = operations.awaiting(answer)?.operation.kind { return use }
        let waiting = TokenUse.allCases.filter { tokens[$0].sent != nil }
        return waiting.count == 1 ? waiting[0] : nil
    }

    /// A device that has left its zone takes no command, not even OFF, until it hears that it is wanted: it hears it now.
    private func decide(on answer: ZoneAnswer, at moment: Moment) -> DeviceDecision {
        var decision = told(configuration.decide(on: answer, at: moment))
        if answer.status == .removed { decision.requests.append(acknowledgement(admissionStatus, at: moment)) }
        return decision
    }

    private func noted(_ event: HealthEvent, _ operations: OperationDecision) -> DeviceDecision {
        var decision = DeviceDecision(events: [.health(event)])
        decision.append(asked(operations))
        return decision
    }

    private func decide(on scan: BusScan) -> DeviceDecision {
        var decision = DeviceDecision(events: [.busScanned(scan)])
        decision.append(asked(operations.decide(on: scan)))
        return decision
    }

    private func decide(on outcome: IntentOutcome, at moment: Moment) -> DeviceDecision {
        var decision = DeviceDecision(events: [.intent(.outcome(outcome))])
        decision.append(asked(operations.decide(on: outcome)))
        decision.append(told(configuration.decide(on: outcome, at: moment)))
        return decision
    }

    /// A refused isolation is an operation's; everything else about subzones is the configuration's.
    private func decide(on answer: SubzoneAnswer, at moment: Moment) -> DeviceDecision {
        if answer.correlation != nil || !isConfiguringSubzone(answer.subzone),
            let refused = operations.decide(on: answer)
        {
            return asked(refused)
        }
        return told(configuration.decide(on: answer, at: moment))
    }

    private func isConfiguringSubzone(_ id: String) -> Bool {
        switch configuration.step?.step.order {
        case .subzone(let assignment): assignment.subzone == id
        case .subzoneRemoval(let removed, _): removed == id
        case .push, .zone, nil: false
        }
    }
}

extension DeviceState {
    /// What the operations conclude, as the device's.
    func asked(_ decided: OperationDecision) -> DeviceDecision {
        DeviceDecision(
            events: decided.events.map(DeviceEvent.operation),
            requests: decided.repeated.map { .operate(address, $0) })
    }

    /// What the configuration concludes, as the device's.
    func told(_ decided: ConfigurationDecision) -> DeviceDecision {
        DeviceDecision(
            events: decided.events.map(DeviceEvent.configuration),
            requests: decided.steps.map { .configure(address, $0) })
    }

    /// What the library's transfer concludes, as the device's.
    func transferred(_ decided: LibraryDecision) -> DeviceDecision {
        DeviceDecision(
            events: decided.events.map(DeviceEvent.library), requests: decided.orders.map { .transfer(address, $0) })
    }
}
