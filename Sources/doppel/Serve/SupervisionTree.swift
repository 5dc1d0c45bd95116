import EventLoop
import Logging
import TwinRuntime

/// The supervisor tree, declared in one place.
///
/// ```
/// root ─ journal · broker ─ process · ingest · control
///      · fleet (demonstration only) · twins · models · gateway
/// ```
///
/// Started left to right, stopped right to left: while the twins drive their outputs off, the broker still carries the
/// words and the simulated devices still answer.
struct SupervisionTree {
    let loop: EventLoop
    let runtime: Runtime
    let embedded: EmbeddedBroker?
    let models: CatalogueWatch

    /// A part that is part of the runtime, and only shown.
    private static let shown = RestartRule(policy: .temporary)
    /// Twins do not outlive a failed start: the process ends, and its service manager starts it anew.
    private static let once = RestartRule(intensity: 0)
    /// A port that is taken is soon free, or stays taken.
    private static let listener = RestartRule(intensity: 3, periodMilliseconds: 30_000, firstDelayMilliseconds: 250)

    func assemble(fleet: FleetPart?, gateway: GatewayPart) -> Supervisor {
        let logger = Logger(label: "doppel.supervisor")
        let random = SystemRandomNumberGenerator()
        var connections = BrokerConnection.allCases.map { connection in
            Supervisor.Child(connection.rawValue, only { runtime.vitals(of: connection) }, rule: Self.shown)
        }
        if let embedded { connections.insert(Supervisor.Child("process", embedded, rule: Self.listener), at: 0) }
        let broker = Supervisor("broker", on: loop, children: connections, random: random, logger: logger)
        var children = [
            Supervisor.Child("journal", only { runtime.journalVitals() }, rule: Self.shown),
            Supervisor.Child("broker", broker, rule: Self.once),
        ]
        if let fleet { children.append(Supervisor.Child("fleet", fleet)) }
        children.append(Supervisor.Child("twins", twins, rule: Self.once))
        children.append(Supervisor.Child("models", models))
        children.append(Supervisor.Child("gateway", gateway, rule: Self.listener))
        return Supervisor("root", on: loop, children: children, random: random, logger: logger)
    }

    /// A part that needs neither start nor stop of its own.
    private func only(_ vitals: @escaping @Sendable () -> PartVitals) -> ClosurePart {
        ClosurePart(start: { $0(.running) }, stop: { $0() }, vitals: vitals)
    }

    private var twins: ClosurePart {
        ClosurePart(
            start: { [runtime] tell in
                do {
                    try runtime.assumeIsolated { runtime in
                        try runtime.recover()
                        runtime.start()
                    }
                    tell(.running)
                } catch {
                    tell(.ended("\(error)"))
                }
            },
            stop: { [runtime] completion in runtime.assumeIsolated { $0.end(completion) } },
            vitals: { [runtime] in runtime.twinVitals() })
    }
}
