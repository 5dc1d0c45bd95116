import DequeModule
import OrderedCollections
import TwinCore

extension Runtime {
    /// From when on work that waits to become durable makes the journal too slow, in milliseconds.
    static let slowJournalMilliseconds: Int64 = 2_000

    /// How the journal fares, for the supervisor tree; asked on the loop.
    public nonisolated func journalVitals() -> PartVitals {
        assumeIsolated { runtime in
            let waiting = (runtime.closing?.batch.facts.count ?? 0) + runtime.open.batch.facts.count
            let age = runtime.oldestWorkMilliseconds
            let (health, condition): (String, PartCondition) =
                switch runtime.standing {
                case .idle, .committing(failures: 0):
                    age < Self.slowJournalMilliseconds
                        ? ("takes facts", .ok)
                        : ("takes facts too slowly", .degraded("the oldest work has waited for the disk for \(age) ms"))
                case .committing(let failures):
                    ("repeats a commit that failed \(failures) times", .failing("commits fail"))
                case .failing(let reason, let failures):
                    ("commit failed \(failures) times: \(reason)", .failing("commits fail: \(reason)"))
                }
            return PartVitals(health: health, condition, backlog: waiting, oldestBacklogMilliseconds: age)
        }
    }

    /// For how long the oldest work has waited to become durable, in milliseconds.
    var oldestWorkMilliseconds: Int64 {
        (closing?.filledAt ?? open.filledAt).map { loop.moment.uptime.milliseconds(since: $0) } ?? 0
    }

    /// How one of the two connections fares, for the supervisor tree; asked on the loop.
    public nonisolated func vitals(of connection: BrokerConnection) -> PartVitals {
        assumeIsolated { runtime in
            switch runtime.connections[connection] {
            case nil: return PartVitals(health: "not connected yet", .failing("not connected yet"))
            case .connected:
                let backlog = runtime.backlog(of: connection)
                guard connection == .ingest, let reason = runtime.telemetryHold else {
                    return PartVitals(health: "connected", .ok, backlog: backlog)
                }
                let held = "readings are held at the broker: \(reason)"
                return PartVitals(health: "connected for answers; \(held)", .degraded(held), backlog: backlog)
            case .disconnected(let reason, let retry):
                return PartVitals(
                    health: "down: \(reason); next attempt after \(retry) ms", .failing("down: \(reason)"))
            }
        }
    }

    /// How the twins fare, for the supervisor tree; asked on the loop.
    public nonisolated func twinVitals() -> PartVitals {
        assumeIsolated { runtime in
            let count = runtime.directory.assumeIsolated { $0.count }
            let stops = runtime.latch.incidents.count
            return PartVitals(
                health: "\(count) twins" + (stops == 0 ? "" : ", \(stops) emergency stops hold"), .ok,
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
