import DequeModule
import OrderedCollections
import TwinCore

extension Runtime {
    /// How the journal fares, for the supervisor tree; asked on the loop.
    public nonisolated func journalVitals() -> PartVitals {
        assumeIsolated { runtime in
            let waiting = (runtime.closing?.batch.facts.count ?? 0) + runtime.open.batch.facts.count
            let age = runtime.closing.map { runtime.loop.moment.uptime.milliseconds(since: $0.openedAt) } ?? 0
            let health =
                switch runtime.standing {
                case .idle, .committing(failures: 0): "takes facts"
                case .committing(let failures): "repeats a commit that failed \(failures) times"
                case .failing(let reason, let failures): "commit failed \(failures) times: \(reason)"
                }
            return PartVitals(health: health, backlog: waiting, oldestBacklogMilliseconds: age)
        }
    }

    /// How one of the two connections fares, for the supervisor tree; asked on the loop.
    public nonisolated func vitals(of connection: BrokerConnection) -> PartVitals {
        assumeIsolated { runtime in
            switch runtime.connections[connection] {
            case nil: PartVitals(health: "not connected yet")
            case .connected: PartVitals(health: "connected", backlog: runtime.backlog(of: connection))
            case .disconnected(let reason, let retry):
                PartVitals(health: "down: \(reason); next attempt after \(retry) ms")
            }
        }
    }

    /// How the twins fare, for the supervisor tree; asked on the loop.
    public nonisolated func twinVitals() -> PartVitals {
        assumeIsolated { runtime in
            let count = runtime.directory.assumeIsolated { $0.count }
            let stops = runtime.latch.incidents.count
            return PartVitals(
                health: "\(count) twins" + (stops == 0 ? "" : ", \(stops) emergency stops hold"),
                backlog: runtime.unsaved.count)
        }
    }

    private func backlog(of connection: BrokerConnection) -> Int {
        switch connection {
        case .control: commandsInFlight.count
        case .ingest: open.owesAcknowledgement || closing?.owesAcknowledgement == true ? 1 : 0
        }
    }
}
