import DequeModule
import Logging
import OrderedCollections
import TwinCore

extension Runtime {
    /// How many twins are woken in one turn at most.
    static let wakesPerTurn = 256
    /// How often the runtime looks whether snapshots are due while nothing else happens, in milliseconds.
    static let checkpointTickMilliseconds: Int64 = 1_000

    /// Sets the one timer to the earliest deadline of all twins.
    func armTimer() {
        guard let earliest = wheel.earliest else { return }
        if let wheelTimer {
            guard earliest < wheelTimer.deadline else { return }
            wheelTimer.timer.cancel()
        }
        wheelTimer = (
            earliest, loop.schedule(at: earliest) { self.assumeIsolated { $0.wake() } }
        )
    }

    /// Wakes the twins whose time has come, a bounded number in one turn.
    private func wake() {
        wheelTimer = nil
        doubtAfterPause()
        let moment = loop.moment
        let surroundings = surroundings
        var budget = Self.wakesPerTurn
        while budget > 0, let (twin, deadline) = wheel.popDue(at: moment.uptime) {
            budget -= 1
            let isCurrent = twin.assumeIsolated { twin -> Bool in
                guard twin.scheduledFor == deadline else { return false }
                twin.scheduledFor = nil
                return true
            }
            guard isCurrent else { continue }
            take(twin.assumeIsolated { $0.tick(surroundings, at: moment) }, from: twin)
            arm(twin)
        }
        armTimer()
        commitIfIdle()
    }

    /// Sees to it that twins become snapshots even when nothing else is committed.
    func checkpointLater() {
        _ = loop.schedule(afterMilliseconds: Self.checkpointTickMilliseconds) {
            self.assumeIsolated { runtime in
                guard runtime.phase == .running else { return }
                runtime.doubtAfterPause()
                runtime.checkpoint()
                runtime.checkpointLater()
            }
        }
    }

    private func checkpoint() {
        guard standing == .idle, open.isEmpty, !isProvingStop, let twin = unsaved.first else { return }
        let due = loop.moment.uptime.advanced(byMilliseconds: -options.checkpointMilliseconds)
        guard twin.assumeIsolated({ ($0.unsavedSince ?? due) <= due }) else { return }
        commitSnapshots()
    }

    /// A connection came up or went down.
    func note(_ connection: BrokerConnection, _ state: BrokerConnectionState) {
        connections[connection] = state
        switch state {
        case .disconnected(let reason, let retry):
            logger.warning(
                "The connection to the broker is down; devices end by themselves what they were told to end.",
                metadata: ["connection": "\(connection.rawValue)", "reason": "\(reason)", "retry_ms": "\(retry)"])
            if connection == .control {
                claim.doubt()
                commandsInFlight.removeAll()
                kaisersTold.removeAll()
            }
        case .connected:
            logger.info("Connected to the broker.", metadata: ["connection": "\(connection.rawValue)"])
            if connection == .control {
                reassert()
                sayClaim()
            }
        }
        commitIfIdle()
    }

    /// The way to the devices is open again: what holds outputs off is said before anything else.
    private func reassert() {
        for incident in latch.incidents where incident.scope == .all { stopEverything(incident) }
        let moment = loop.moment
        let surroundings = surroundings
        for twin in directory.assumeIsolated({ $0.all() }) {
            take(twin.assumeIsolated { $0.reassert(surroundings, at: moment) }, from: twin)
            arm(twin)
        }
        for twin in directory.assumeIsolated({ $0.all() }) {
            tellPresence(to: twin.assumeIsolated { $0.state.address.kaiser })
        }
    }

    /// Stops everybody: once with each secret that a device may hold.
    func stopEverything(_ incident: Incident) {
        for token in site.stopTokens {
            send(
                .stopEverything(
                    EmergencyOrder(
                        address: nil, incident: incident.id, reason: incident.reason, issuedBy: incident.issuedBy,
                        issuedAt: incident.issuedAt, token: token)))
        }
    }
}
