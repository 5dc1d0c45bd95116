import TwinCore

extension Supervisor {
    /// How the node fares: as badly as its worst part, with the work of all.
    public nonisolated func vitals() -> PartVitals {
        assumeIsolated { node in
            let vitals = node.seats.map { $0.child.part.vitals() }
            let condition = PartCondition.worst(
                of: zip(node.seats, vitals).map { ($0.child.name, $0.condition($1.condition)) })
            let well = zip(node.seats, vitals).count { $0.state == .running && $1.condition == .ok }
            let reason = condition.reason.map { "; \($0)" } ?? ""
            return PartVitals(
                health: "\(well) of \(node.seats.count) parts run\(reason.isEmpty ? "" : " well")\(reason)", condition,
                backlog: vitals.reduce(0) { $0 + $1.backlog },
                oldestBacklogMilliseconds: vitals.map(\.oldestBacklogMilliseconds).max() ?? 0)
        }
    }

    /// The tree from this node down.
    public func report() -> SupervisionReport {
        let vitals = vitals()
        let since = seats.map(\.since).min() ?? loop.moment.uptime
        return SupervisionReport(
            root: SupervisionReport.Node(
                name: name, path: name, state: isStopping ? State.stopping.rawValue : Self.word(vitals.condition),
                condition: vitals.condition, sinceUptimeMilliseconds: since.milliseconds, restarts: 0,
                lastFailure: nil, health: vitals.health, backlog: vitals.backlog,
                oldestBacklogMilliseconds: vitals.oldestBacklogMilliseconds, intensity: 0, periodMilliseconds: 0,
                breaker: nil, children: nodes(below: name)))
    }

    private func nodes(below path: String) -> [SupervisionReport.Node] {
        seats.map { seat in
            let vitals = seat.child.part.vitals()
            let condition = seat.condition(vitals.condition)
            let path = "\(path)/\(seat.child.name)"
            let inner = seat.child.part as? Supervisor
            return SupervisionReport.Node(
                name: seat.child.name, path: path,
                state: seat.state == .running ? Self.word(condition) : seat.state.rawValue, condition: condition,
                sinceUptimeMilliseconds: seat.since.milliseconds, restarts: seat.history.total,
                lastFailure: seat.lastFailure, health: vitals.health, backlog: vitals.backlog,
                oldestBacklogMilliseconds: vitals.oldestBacklogMilliseconds, intensity: seat.child.rule.intensity,
                periodMilliseconds: seat.child.rule.periodMilliseconds,
                breaker: vitals.breaker ?? seat.history.breaker?.state,
                children: inner?.assumeIsolated { $0.nodes(below: path) } ?? [])
        }
    }

    /// What a part that runs is shown to do: nothing is called running that does not do what it is for.
    private static func word(_ condition: PartCondition) -> String {
        condition == .ok ? State.running.rawValue : condition.word
    }
}

extension Supervisor.Seat {
    /// The condition of the part in it, which itself knows only how it fares while it runs.
    func condition(_ own: PartCondition) -> PartCondition {
        switch state {
        case .running: own
        case .ended: .ok
        case .starting: .degraded("is being started")
        case .stopping: .degraded("is being stopped")
        case .waiting: .failing("waits for its restart: \(lastFailure ?? "it ended")")
        case .stopped: .failing("does not run")
        case .failed: .failing(lastFailure ?? "it ended")
        }
    }
}
