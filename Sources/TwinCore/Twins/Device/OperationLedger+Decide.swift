/// What a device's operations conclude: what happened, and what is asked for once more.
struct OperationDecision {
    /// What happened, in order.
    var events: [OperationEvent] = []
    /// What is asked for again, in order.
    var repeated: [Operation] = []
}

extension OperationLedger {
    /// What makes room for an operation that is taken in, and ends those that it undoes.
    func decideAcceptance(of operation: Operation) -> OperationDecision {
        var decision = OperationDecision()
        for record in underWay where operation.kind.contradicts(record.operation.kind) {
            decision.events.append(.failed(record.operation.id, "gave way to \(operation.id), which undoes it"))
        }
        if decision.events.isEmpty, isFull,
            let given = underWay.first(where: { !$0.operation.kind.deenergises })
                ?? records.first
        {
            decision.events.append(.failed(given.operation.id, "gave way to \(operation.id), which switches off"))
        }
        decision.events.append(.accepted(operation.redacted))
        return decision
    }

    /// Whether every operation kept is still under way.
    var isFull: Bool { records.count >= Self.maximumOperations && records.allSatisfy { !$0.state.isFinal } }

    /// What time alone brings: repetitions, and ends of waiting.
    ///
    /// While no order reaches anybody, what switches off is kept: ``decideReassertion()`` asks for it again.
    func decideOnTime(isBrokerConnected: Bool, at moment: Moment) -> OperationDecision {
        var decision = OperationDecision()
        for record in waiting(isBrokerConnected) where moment.uptime >= record.deadline {
            let id = record.operation.id
            if record.operation.kind == .enterSafeMode, record.attempts < Self.maximumAttempts {
                decision.events.append(.repeated(id))
                decision.repeated.append(record.operation)
            } else if record.state == .accepted {
                decision.events.append(.failed(id, "it was not handed to the broker in time"))
            } else {
                decision.events.append(.unanswered(id))
            }
        }
        return decision
    }

    /// The way to the device is open again: what switches it off is asked for once more.
    func decideReassertion() -> OperationDecision {
        let repeated = underWay.map(\.operation).filter(\.kind.deenergises)
        return OperationDecision(events: repeated.map { .repeated($0.id) }, repeated: repeated)
    }

    /// When ``decideOnTime(isBrokerConnected:at:)`` next has something to say; `nil` when never.
    func nextDeadline(isBrokerConnected: Bool) -> Uptime? { waiting(isBrokerConnected).map(\.deadline).min() }

    /// The operations under way whose time counts.
    private func waiting(_ isBrokerConnected: Bool) -> [OperationRecord] {
        records.filter { !$0.state.isFinal && (isBrokerConnected || !$0.operation.kind.deenergises) }
    }
}

extension OperationLedger {
    /// A measurement's answer names its request.
    func decide(on answer: MeasureAnswer) -> OperationDecision {
        let record = underWay.first { record in
            if case .measure = record.operation.kind {
                record.operation.id.description == answer.request
            } else {
                false
            }
        }
        guard let record else { return OperationDecision(events: [.strayMeasurement(answer)]) }
        var members: [String: String] = [:]
        if let type = answer.type { members["sensor_type"] = type }
        if let raw = answer.raw { members["raw"] = raw.description }
        if let quality = answer.quality { members["quality"] = "\(quality)" }
        return record.answered(answer.isSuccess, answer.reason == "NONE" ? "" : answer.reason, members)
    }

    /// A system command's answer carries no id: it is paired with the oldest of its word.
    func decide(on answer: SystemAnswer, at moment: Moment) -> OperationDecision {
        if let record = awaiting(answer) {
            let hidden = answer.withoutSecrets
            return record.answered(answer.isSuccess, hidden.error, hidden.members)
        }
        // A scan is answered twice, by the command's answer and by its result; so may a safe mode be.
        let latest = records.last { $0.operation.kind.systemWord == answer.word }
        if let latest, latest.state == .answered, answer.isSuccess,
            moment.uptime.milliseconds(since: latest.since.uptime) < Self.answerMilliseconds
        {
            return OperationDecision()
        }
        return OperationDecision(events: [.stray(answer.withoutSecrets)])
    }

    /// The oldest operation under way that an answer of the device fits; `nil` when nobody waits for it.
    func awaiting(_ answer: SystemAnswer) -> OperationRecord? {
        underWay.first { record in
            guard record.operation.kind.systemWord == answer.word else { return false }
            guard case .setEmergencyToken(_, let use) = record.operation.kind, let said = answer.members["token_type"]
            else { return true }
            return said == use.rawValue
        }
    }

    /// What was found on a bus answers the oldest scan of it.
    func decide(on scan: BusScan) -> OperationDecision {
        let record = underWay.first { record in
            guard case .scanOneWire(let gpio) = record.operation.kind else { return false }
            return gpio == nil || scan.members.isEmpty || scan.members.contains { $0.gpio == gpio }
        }
        return record?.answered(true, "", ["found_count": "\(scan.members.count)"]) ?? OperationDecision()
    }

    /// The device says with which credentials it connects.
    func decide(on report: CredentialsReport) -> OperationDecision {
        let record = underWay.first { if case .updateCredentials = $0.operation.kind { true } else { false } }
        var members = ["mode": report.mode]
        if let username = report.username { members["username"] = username }
        return record?.answered(report.isSuccess, report.error ?? "", members) ?? OperationDecision()
    }

    /// The device says that it entered or left its safe mode.
    func decide(on report: SafeModeReport) -> OperationDecision {
        let kind: Operation.Kind = report.isActive ? .enterSafeMode : .leaveSafeMode
        return underWay.first { $0.operation.kind == kind }?.answered(true, report.reason) ?? OperationDecision()
    }

    /// The device says that a subzone is isolated, or is not.
    func decide(on status: SubzoneStatus) -> OperationDecision {
        isolation(of: status.subzone, status.isSafe)?.answered(true, "") ?? OperationDecision()
    }

    /// A refusal of an isolation; `nil` when the answer is about something else.
    func decide(on answer: SubzoneAnswer) -> OperationDecision? {
        guard answer.status == .error else { return nil }
        let record = underWay.first { record in
            guard case .isolateSubzone(let subzone, _, _) = record.operation.kind else { return false }
            return answer.correlation.map { $0 == record.operation.id.description } ?? (answer.subzone == subzone)
        }
        let reason = [answer.reason, answer.message].filter { !$0.isEmpty }.joined(separator: ": ")
        return record?.answered(false, reason)
    }

    /// An outcome ends an operation that it names and that failed; of an isolation it is the only word that may come.
    func decide(on outcome: IntentOutcome) -> OperationDecision {
        let isRefusal = outcome.outcome.isFinal && outcome.outcome != .persisted
        let reason = [outcome.code, outcome.reason].filter { !$0.isEmpty }.joined(separator: ": ")
        let named = underWay.first { record in
            [outcome.intent, outcome.correlation].contains(record.operation.id.description)
        }
        if let named { return isRefusal ? named.answered(false, reason) : OperationDecision() }
        // The device makes up the intent's id, since the order has no room for one.
        guard outcome.flow == "subzone_safe", outcome.outcome != .accepted else { return OperationDecision() }
        let isolation = underWay.first { if case .isolateSubzone = $0.operation.kind { true } else { false } }
        return isolation?.answered(!isRefusal, isRefusal ? reason : "") ?? OperationDecision()
    }

    private func isolation(of subzone: String, _ isIsolated: Bool) -> OperationRecord? {
        underWay.first { record in
            guard case .isolateSubzone(subzone, isIsolated, _) = record.operation.kind else { return false }
            return true
        }
    }
}

extension OperationRecord {
    fileprivate func answered(
        _ isSuccess: Bool, _ detail: String, _ members: [String: String] = [:]
    ) -> OperationDecision {
        OperationDecision(
            events: [.answered(operation.id, isSuccess: isSuccess, detail: detail, members: members)])
    }
}
