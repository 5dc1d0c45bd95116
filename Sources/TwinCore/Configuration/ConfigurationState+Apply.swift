extension ConfigurationState {
    /// Takes one fact into the state.
    public mutating func apply(_ event: ConfigurationEvent, at moment: Moment) {
        switch event {
        case .wished(let desired, let touched, _, let revision, let validUntil):
            applyWish(desired, touched, revision, validUntil, at: moment)
        case .stepBegun(let step): begin(step, at: moment)
        case .stepRepeated(let id, let attempt):
            change(id) { step in
                step.attempt = attempt
                step.sentAt = moment
                step.isInterrupted = false
            }
            if let step, step.step.id == id { paces[step.step.lane, default: .init()].toldAt = moment.uptime }
        case .stepAccepted(let id):
            guard let step, step.step.id == id else { return }
            for path in step.awaited where properties[path]?.state == .sent { set(path, .accepted, at: moment) }
        case .stepFailing(let id, let refusal):
            change(id) { step in
                step.failingSince = moment.uptime
                step.refusal = refusal
            }
        case .applied(let paths): applyAnswer(to: paths, at: moment)
        case .refused(let path, let reason): applyRefusal(of: path, reason, at: moment)
        case .stepEnded(let id, let end): applyEnd(id, end, at: moment)
        case .expired(let paths):
            for path in paths where properties[path] != nil { set(path, .expired, at: moment) }
        case .zoneReported(let id, let masterID): applyZone(id, masterID, at: moment)
        case .countMismatched(let sensors, let actuators): applyMismatch(sensors, actuators, at: moment)
        case .strayAnswer, .strayZoneAnswer, .straySubzoneAnswer: break  // Kept as a fact; nobody waited for it.
        }
    }

    private mutating func applyWish(
        _ desired: Desired, _ touched: [PropertyPath], _ revision: UInt64, _ validUntil: UnixTime?, at moment: Moment
    ) {
        self.desired = desired
        desiredRevision = revision
        reported.name = desired.name
        reported.board = desired.board
        for (key, wish) in desired.sensors { reported.sensors[key]?.temperatureFrom = wish.temperatureFrom }
        let left = validUntil.map { $0.milliseconds - moment.time.milliseconds }
        let expiresAt = left.map { moment.uptime.advanced(byMilliseconds: max(0, $0)) }
        for path in touched {
            if let lane = path.lane {
                paces[lane]?.failures = 0
                paces[lane]?.pausedUntil = nil
            }
            let isAsTold = step?.awaited.contains(path) == true && isUnderWayAsWished(path)
            let state = properties[path]?.state
            set(path, isAsTold && state?.isUnderWay == true ? state ?? .pending : .pending, at: moment)
            properties[path]?.validUntil = validUntil
            properties[path]?.expiresAt = expiresAt
            settle(path, at: moment)
        }
    }

    private mutating func begin(_ step: ConfigurationStep, at moment: Moment) {
        self.step = StepUnderWay(
            step: step, lettingGo: lettingGo(in: step), attempt: 1, sentAt: moment, awaited: step.paths)
        paces[step.lane, default: .init()].toldAt = moment.uptime
        if case .push(let push) = step.order { generation = push.generation }
        for path in step.paths {
            step.record(path, in: &unconfirmed)
            set(path, .sent, at: moment)
        }
    }

    /// The device holds what it was told.
    private mutating func applyAnswer(to paths: [PropertyPath], at moment: Moment) {
        guard let step = step?.step else { return }
        let zone = reported.zone?.id ?? ""
        for path in paths {
            step.carryOut(path, in: &reported)
            forgetDoubt(path)
        }
        self.step?.awaited.removeAll { paths.contains($0) }
        if paths.contains(.zone) { leaveSubzones(of: zone, at: moment) }
        for path in paths { settle(path, at: moment) }
    }

    /// The device holds what it held; a refusal of what is not wished any more says nothing about the wish.
    private mutating func applyRefusal(of path: PropertyPath, _ reason: String, at moment: Moment) {
        guard let step, step.awaited.contains(path) else { return }
        let isAsTold = isUnderWayAsWished(path)
        self.step?.awaited.removeAll { $0 == path }
        forgetDoubt(path)
        if let section = path.section {
            if self.step?.awaited.contains(where: { $0.section == section }) == true {
                self.step?.failingSince = moment.uptime
            } else if step.refusal == nil {
                // The section is through; the other one has its whole time.
                self.step?.failingSince = nil
            }
        }
        if properties[path] != nil { set(path, isAsTold ? .refused(reason) : .pending, at: moment) }
        settle(path, at: moment)
    }

    private mutating func applyEnd(_ id: CommandID, _ end: StepEnd, at moment: Moment) {
        guard step?.step.id == id else { return }
        if case .refused(let reason) = end {
            for path in step?.awaited ?? [] { applyRefusal(of: path, reason, at: moment) }
        }
        guard let step else { return }
        self.step = nil
        let lane = step.step.lane
        var pace = paces[lane] ?? .init()
        pace.endedAt = moment.uptime
        switch end {
        case .answered, .answeredInPart, .refused:
            // A zone that was taken in may be lost again at once; only time tells, in `slowDown`.
            if lane != .zone { pace.failures = 0 }
            pace.pausedUntil = nil
        case .postponed:
            pace.failures += 1
            pace.pausedUntil = moment.uptime.advanced(byMilliseconds: pace.pauseMilliseconds)
        case .dropped: break
        }
        paces[lane] = pace
        if step.awaited.isEmpty { answered = Array((answered + [id]).suffix(Self.maximumAnswered)) }
        for path in step.awaited {
            if properties[path]?.state.isUnderWay == true { set(path, .pending, at: moment) }
            settle(path, at: moment)
        }
    }

    private mutating func change(_ id: CommandID, _ change: (inout StepUnderWay) -> Void) {
        guard var step, step.step.id == id else { return }
        change(&step)
        self.step = step
    }
}
