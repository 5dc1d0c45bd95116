import EventLoop
import Logging
import MQTTBroker
import SQLiteJournal
import TwinRuntime

/// The supervisor tree, declared in one place.
///
/// ```
/// root ─ journal · budget (with a history store only) · broker ─ process · ingest · control
///      · fleet (demonstration only) · twins · retention · models · rollups
///      · postgres (with a history store only) ─ feed_link · upkeep_link · questions · feed · upkeep,
///        and with an inbox inbox_link · inbox
///      · gateway
/// ```
///
/// Started left to right, stopped right to left: while the twins drive their outputs off, the broker still carries the
/// words and the simulated devices still answer.
struct SupervisionTree {
    let loop: EventLoop
    let runtime: Runtime
    let links: MosquittoBroker
    let embedded: EmbeddedBroker?
    let models: CatalogueWatch
    let rollups: RollupRounds
    let retention: Retention
    /// What keeps the rows in bounds that wait for the history store; `nil` where there is none.
    let budget: HistoryBudgetPart?
    /// Why the journal's room for a full disk is not whole; `nil` while it is.
    let reserveShortage: @Sendable () -> String?
    /// What keeps history in PostgreSQL; none where there is none.
    let postgres: [Supervisor.Child]
    /// Runs when every twin is there and takes orders.
    let onTwinsRunning: @Sendable () -> Void

    /// A part that is part of the runtime, and only shown.
    private static let shown = RestartRule(policy: .temporary)
    /// Twins do not outlive a failed start: the process ends, and its service manager starts it anew.
    private static let once = RestartRule(intensity: 0)
    /// A port that is taken is soon free, or stays taken.
    private static let listener = RestartRule(intensity: 3, periodMilliseconds: 30_000, firstDelayMilliseconds: 250)

    func assemble(fleet: FleetPart?, gateway: GatewayPart) -> Supervisor {
        var children = [
            Supervisor.Child(
                "journal", journal, rule: Self.shown,
                restartObstacle: """
                    it repeats commits by itself until the disk takes them; free space, or see to the disk that \
                    `condition_reason` names
                    """),
            Supervisor.Child(
                "broker", node("broker", connections), rule: Self.once,
                restartObstacle: embedded == nil
                    ? "its connections come back by themselves; see to the broker, which is not Doppel's own" : nil),
        ]
        // Before the twins start the broker, it is known whether there is room for readings.
        if let budget { children.insert(Supervisor.Child("budget", budget), at: 1) }
        if let fleet { children.append(Supervisor.Child("fleet", fleet)) }
        children.append(
            Supervisor.Child(
                "twins", twins, rule: Self.once,
                restartObstacle: """
                    twins are rebuilt from the journal when the program starts; end it in order and start it again: \
                    `systemctl restart doppel`, or Ctrl-C and `doppel serve`
                    """))
        // Only once the journal was read does it know what the next start needs.
        children.append(Supervisor.Child("retention", retention))
        children.append(Supervisor.Child("models", models))
        children.append(Supervisor.Child("rollups", rollups))
        if !postgres.isEmpty { children.append(Supervisor.Child("postgres", node("postgres", postgres))) }
        children.append(Supervisor.Child("gateway", gateway, rule: Self.listener))
        return node("root", children)
    }

    private func node(_ name: String, _ children: [Supervisor.Child]) -> Supervisor {
        Supervisor(
            name, on: loop, children: children, random: SystemRandomNumberGenerator(),
            logger: Logger(label: "doppel.supervisor"))
    }

    /// A disk without room for the next start is no failure yet; what fails is said first.
    private var journal: ClosurePart {
        only { [runtime, reserveShortage] in
            var vitals = runtime.journalVitals()
            guard vitals.condition == .ok, let shortage = reserveShortage() else { return vitals }
            vitals.health += ", \(shortage)"
            vitals.condition = .degraded(shortage)
            return vitals
        }
    }

    private var connections: [Supervisor.Child] {
        let connections = BrokerConnection.allCases.map { connection in
            let part = only { [runtime, links] in
                var vitals = runtime.vitals(of: connection)
                vitals.breaker = links.breaker(of: connection)
                return vitals
            }
            let instead = embedded == nil ? "see to the broker" : "restart 'process', the broker it connects to"
            return Supervisor.Child(
                connection.rawValue, part, rule: Self.shown,
                restartObstacle: "it connects again by itself, and `health` says when; \(instead)")
        }
        guard let embedded else { return connections }
        return [Supervisor.Child("process", embedded, rule: Self.listener)] + connections
    }

    /// A part that needs neither start nor stop of its own.
    private func only(_ vitals: @escaping @Sendable () -> PartVitals) -> ClosurePart {
        ClosurePart(start: { $0(.running) }, stop: { $0() }, vitals: vitals)
    }

    private var twins: ClosurePart {
        ClosurePart(
            start: { [runtime, onTwinsRunning] tell in
                do {
                    try runtime.assumeIsolated { runtime in
                        try runtime.recover()
                        runtime.start()
                    }
                    onTwinsRunning()
                    tell(.running)
                } catch {
                    tell(.ended("\(error)"))
                }
            },
            stop: { [runtime] completion in runtime.assumeIsolated { $0.end(completion) } },
            vitals: { [runtime] in runtime.twinVitals() })
    }
}
