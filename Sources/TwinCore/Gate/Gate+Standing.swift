extension Gate {
    /// Judges the limits that must hold as long as the output is energised, not only when it is asked for.
    ///
    /// - Parameter isOrder: Whether the output is to go on: then another one excludes it that was told OFF and has not
    ///   shown it; an output that runs is excluded only by one that is on.
    /// - Returns: One evaluation for each tag, guard and rule that there is.
    public static func standing(
        _ subject: Subject, _ circumstances: Circumstances, isOrder: Bool = false, at moment: Moment
    ) -> [Evaluation] {
        var found: [Evaluation] = []
        if let tag = subject.lockout {
            found.append(
                Evaluation(
                    .lockout, bound: "no tag hangs on it", actual: "\(tag.name) works on it: \(tag.reason)",
                    isKept: false, retryAfterMilliseconds: max(1, tag.endsAt.milliseconds(since: moment.uptime))))
        }
        let own = OutputAddress(device: subject.address.device, gpio: subject.gpio)
        for rule in subject.kind.limits.guards { found.append(judge(rule, circumstances.neighbourhood)) }
        for rule in circumstances.neighbourhood.interlocks {
            found.append(judge(rule, own, circumstances.neighbourhood, isOrder))
        }
        return found
    }

    /// Judges the site's budgets as they would be with the output on.
    static func shares(_ subject: Subject, _ circumstances: Circumstances) -> [Evaluation] {
        let own = OutputAddress(device: subject.address.device, gpio: subject.gpio)
        return circumstances.neighbourhood.budgets.map { budget in
            let others = budget.members.filter { $0 != own }.compactMap { circumstances.neighbourhood.outputs[$0] }
                .filter(\.mayBeOn)
            let draws = others.map(\.draw) + [subject.kind.limits.draw]
            let watts = draws.reduce(0) { $0 + ($1.watts ?? 0) }
            let litres = draws.reduce(0) { $0 + ($1.litresPerMinute ?? 0) }
            let isKept =
                draws.count <= budget.atOnce ?? .max && watts <= budget.watts ?? .infinity
                && litres <= budget.litresPerMinute ?? .infinity
            return Evaluation(
                .budget, bound: "\(budget.name): \(words(budget))",
                actual: "with this one \(draws.count) on, \(watts) W, \(litres) l/min", isKept: isKept)
        }
    }

    private static func words(_ budget: Budget) -> String {
        [
            budget.atOnce.map { "at most \($0) on" }, budget.watts.map { "at most \($0) W" },
            budget.litresPerMinute.map { "at most \($0) l/min" },
        ].compactMap(\.self).joined(separator: ", ")
    }

    /// A guard is kept when every sensor that is meant shows what it must, and there is one.
    private static func judge(_ rule: SensorGuard, _ neighbourhood: Neighbourhood) -> Evaluation {
        let readings = neighbourhood.readings[rule.sensor] ?? []
        let bound =
            "\(rule.sensor) \(rule.range.lowerBound) ... \(rule.range.upperBound), at most \(rule.maxAgeSeconds) s old"
            + (rule.direction.map { ", \($0.rawValue)" } ?? "")
        guard !readings.isEmpty else {
            return Evaluation(.sensorGuard, bound: bound, actual: "no such sensor has spoken", isKept: false)
        }
        for reading in readings {
            if let fault = fault(of: reading, rule) {
                return Evaluation(.sensorGuard, bound: bound, actual: "\(reading.name): \(fault)", isKept: false)
            }
        }
        let values = readings.map { "\($0.name) \($0.value.map { "\($0)" } ?? "none")" }.joined(separator: ", ")
        return Evaluation(.sensorGuard, bound: bound, actual: values, isKept: true)
    }

    /// Why a reading does not keep a guard; `nil` when it does.
    private static func fault(of reading: SensorReading, _ rule: SensorGuard) -> String? {
        guard let value = reading.value else { return "no value" }
        guard reading.ageMilliseconds <= Int64(rule.maxAgeSeconds) * 1000 else {
            return "\(reading.ageMilliseconds / 1000) s old"
        }
        guard rule.qualities.contains(reading.quality) else { return "quality \(reading.quality.rawValue)" }
        guard rule.range.contains(value) else { return "\(value)" }
        guard let direction = rule.direction else { return nil }
        guard let slope = reading.slopePerMinute else { return "its direction is not known yet" }
        let isKept =
            switch direction {
            case .rising: slope > 0
            case .falling: slope < 0
            case .notRising: slope <= 0
            case .notFalling: slope >= 0
            }
        return isKept ? nil : "\(slope) per minute"
    }

    private static func judge(
        _ rule: Interlock, _ own: OutputAddress, _ neighbourhood: Neighbourhood, _ isOrder: Bool
    ) -> Evaluation {
        let settle = Int64(rule.settleSeconds) * 1000
        for other in rule.excludes(with: own) {
            guard let standing = neighbourhood.outputs[other], isOrder ? standing.mayBeOn : standing.isOn else {
                continue
            }
            return Evaluation(
                .interlock, bound: "\(rule.name): \(other) is off",
                actual: standing.isOn ? "it is on, or nobody knows" : "its OFF is not confirmed", isKept: false)
        }
        for other in rule.needs(of: own) {
            let bound = "\(rule.name): \(other) is on" + (settle > 0 ? " for \(rule.settleSeconds) s" : "")
            guard let shown = neighbourhood.outputs[other]?.shownOnMilliseconds else {
                return Evaluation(.interlock, bound: bound, actual: "it does not show itself on", isKept: false)
            }
            guard shown >= settle else {
                return Evaluation(
                    .interlock, bound: bound, actual: "on for \(shown) ms", isKept: false,
                    retryAfterMilliseconds: settle - shown)
            }
        }
        return Evaluation(.interlock, bound: rule.name, actual: "kept", isKept: true)
    }
}
