/// The site's emergency stops that hold; changed by ``Latch/apply(_:)`` alone.
///
/// It survives restarts: whatever was latched when a run ended, in whatever way, holds in the next.
public struct Latch: Sendable, Equatable, Codable {
    /// The emergency stops that hold, oldest first.
    public private(set) var incidents: [Incident] = []
    /// The names that those bore that were renewed since they were first ordered, oldest first.
    private var formerNames: [IncidentID: [IncidentID]] = [:]
    /// The number of the current run.
    public private(set) var run = 0
    /// How many emergency stops there were.
    public private(set) var generation: UInt64 = 0
    /// The names that were given here to the latest emergency stops, whether they hold or not, oldest first.
    public private(set) var recent: [IncidentID] = []

    /// Makes an open latch.
    public init() {}

    /// Takes one fact into the state.
    public mutating func apply(_ event: SiteEvent) {
        switch event {
        case .runStarted(let number): run = number
        case .runEnded, .catalogueLoaded, .relayReported, .broadcastTokenChanged: break
        case .stopLatched(let incident):
            // One for each scope: a repeated stop renews the one before, so there are no more than scopes in use.
            renew(incident)
            generation = max(generation + 1, incident.generation)
            // A name that others gave may come again, and then means another stop.
            if !incident.isNamedElsewhere { recent.append(incident.id) }
            if recent.count > Self.maximumIncidents { recent.removeFirst() }
        case .stopReleased(let id, _):
            incidents.removeAll { $0.id == id }
            formerNames[id] = nil
        }
    }

    private mutating func renew(_ incident: Incident) {
        var names: [IncidentID] = []
        for former in incidents where former.scope == incident.scope {
            names += formerNames.removeValue(forKey: former.id) ?? []
            if former.id != incident.id { names.append(former.id) }
        }
        incidents.removeAll { $0.scope == incident.scope }
        incidents.append(incident)
        if !names.isEmpty { formerNames[incident.id] = names.suffix(Self.maximumIncidents) }
    }

    /// The newest emergency stop, if it is one of everything: then nobody has to be asked where he belongs.
    public var ofEverything: Incident? { incidents.last.flatMap { $0.scope == .all ? $0 : nil } }

    /// Whether what devices say of themselves decides whom a stop covers.
    public var asksWhereDevicesBelong: Bool { incidents.contains { $0.scope != .all } }

    /// Whether what outputs are, or which subzone they are in, decides whom a stop covers.
    public var asksForOutputs: Bool {
        incidents.contains { incident in
            switch incident.scope {
            case .subzone: true
            case .filter(let filter): !filter.kinds.isEmpty
            case .all, .kaiser, .zone, .device, .actuator: false
            }
        }
    }

    /// The newest emergency stop that holds a whole device; `nil` when none does.
    public func incident(holding subject: StopSubject) -> Incident? {
        incidents.last { $0.scope.reach(into: subject) == .device }
    }

    /// The newest emergency stop that holds any part of a device; `nil` when none does.
    public func incident(reachingInto subject: StopSubject) -> Incident? {
        incidents.last { $0.scope.reach(into: subject) != .nothing }
    }

    /// The newest emergency stop that holds an output, alone or with its device; `nil` when none does.
    public func incident(holding gpio: GPIO, of subject: StopSubject) -> Incident? {
        incidents.last { $0.scope.reach(into: subject).covers(gpio) }
    }

    /// Whether an order bears a name that was given here to an emergency stop, or that of a part of one.
    public func knows(_ name: String) -> Bool {
        recent.contains { name == $0.description || name.hasPrefix("\($0):") }
    }

    /// The newest emergency stop that holds, or renewed, one of those that took hold of something; `nil` when none does.
    public func incident(keeping names: [IncidentID]) -> Incident? {
        guard !names.isEmpty else { return nil }
        return incidents.last { incident in
            names.contains { $0 == incident.id || formerNames[incident.id]?.contains($0) == true }
        }
    }

    /// The most emergency stops with scopes of their own that hold at once; one more is widened to everything.
    public static let maximumIncidents = 256
}
