import TwinCore

// What only all rules of all sites together show.

extension SiteRules {
    /// Budgets whose members do not say what they draw, or draw more than all of it.
    var drawProblems: [Problem] {
        budgets.flatMap { budget in
            let outputs = budget.members.outputs("members")
            return judge(outputs, "watts", budget.rule.watts, \.watts)
                + judge(outputs, "litres_per_minute", budget.rule.litresPerMinute, \.litresPerMinute)
        }
    }

    private func judge(
        _ outputs: [PlacedOutput], _ name: String, _ most: Double?, _ draw: (Draw) -> Double?
    ) -> [Problem] {
        guard let most else { return [] }
        return outputs.compactMap { member in
            guard let own = draws[member.output].flatMap(draw) else {
                let sayer = "its kind or 'devices.\(member.output.device).actuators.\(member.output.gpio).limits'"
                return Problem(member.place, "\(member.output) declares no 'draw.\(name)'; \(sayer) must")
            }
            return own <= most
                ? nil : Problem(member.place, "\(member.output) draws \(own) alone, more than the whole '\(name)'")
        }
    }

    /// Rules that need each other in a circle, and rules that forbid what others need.
    var interlockProblems: [Problem] {
        var needs = Needs()
        var problems: [Problem] = []
        for placed in interlocks {
            if let circle = needs.circle(with: placed.rule) {
                let way = circle.map(\.description).joined(separator: ", which needs ")
                problems.append(placed.members.problem("members", "need each other in a circle: \(way)"))
            } else {
                needs.add(placed.rule)
            }
        }
        for placed in interlocks where placed.rule.rule == .exclusive {
            if let (output, both) = needs.contradiction(of: placed.rule) {
                let words =
                    "exclude each other, and \(output) needs \(both.0 == output ? "" : "\(both.0) and ")\(both.1)"
                problems.append(placed.members.problem("members", "\(words): it can never be on"))
            }
        }
        return problems
    }
}

/// Which outputs must be on while others are, over all rules.
private struct Needs {
    /// The outputs that need others, in the order in which rules name them.
    private var outputs: [OutputAddress] = []
    private var needed: [OutputAddress: [OutputAddress]] = [:]

    /// What a rule adds: enough to follow, since what is needed needs others in turn.
    private static func links(_ rule: Interlock) -> [(from: OutputAddress, to: OutputAddress)] {
        switch rule.rule {
        case .exclusive: []
        case .requires: rule.members.dropFirst().map { (rule.members[0], $0) }
        case .ordered: zip(rule.members.dropFirst(), rule.members).map { ($0, $1) }
        }
    }

    mutating func add(_ rule: Interlock) {
        for (from, to) in Self.links(rule) {
            if needed[from] == nil { outputs.append(from) }
            needed[from, default: []].append(to)
        }
    }

    /// The outputs of a circle that the rule would close, the first of them again at the end; `nil` for none.
    func circle(with rule: Interlock) -> [OutputAddress]? {
        var all = self
        all.add(rule)
        for (from, to) in Self.links(rule) {
            if let way = all.way(from: to, to: from) { return [from] + way }
        }
        return nil
    }

    /// An output that needs two of those that a rule lets on one at a time, itself counted among them.
    func contradiction(of rule: Interlock) -> (output: OutputAddress, both: (OutputAddress, OutputAddress))? {
        for output in outputs {
            let on = Set(closure(of: output))
            let both = rule.members.filter(on.contains)
            guard both.count > 1 else { continue }
            let others = both.filter { $0 != output }
            return (output, others.count < both.count ? (output, others[0]) : (others[0], others[1]))
        }
        return nil
    }

    /// An output and all that must be on with it.
    private func closure(of output: OutputAddress) -> [OutputAddress] {
        var found = [output]
        var seen: Set<OutputAddress> = [output]
        var next = 0
        while next < found.count {
            for other in needed[found[next]] ?? [] where seen.insert(other).inserted { found.append(other) }
            next += 1
        }
        return found
    }

    /// The shortest way from one output to another along what each needs, both included.
    private func way(from start: OutputAddress, to end: OutputAddress) -> [OutputAddress]? {
        var before: [OutputAddress: OutputAddress] = [:]
        var queue = [start]
        var next = 0
        while next < queue.count {
            let output = queue[next]
            next += 1
            if output == end {
                var way = [end]
                while let earlier = before[way[0]] { way.insert(earlier, at: 0) }
                return way
            }
            for other in needed[output] ?? [] where other != start && before[other] == nil {
                before[other] = output
                queue.append(other)
            }
        }
        return nil
    }
}
