/// The site's emergency stops that hold; changed by ``Latch/apply(_:)`` alone.
///
/// It survives restarts: whatever was latched when a run ended, in whatever way, holds in the next.
public struct Latch: Sendable, Equatable, Codable {
    /// The emergency stops that hold, oldest first.
    public private(set) var incidents: [Incident] = []
    /// The number of the current run.
    public private(set) var run = 0

    /// Makes an open latch.
    public init() {}

    /// Takes one fact into the state.
    public mutating func apply(_ event: SiteEvent) {
        switch event {
        case .runStarted(let number): run = number
        case .runEnded, .catalogueLoaded, .relayReported, .broadcastTokenChanged: break
        case .stopLatched(let incident):
            // One for each scope: a repeated stop renews the one before, so there are no more than devices and one.
            incidents.removeAll { $0.scope == incident.scope }
            incidents.append(incident)
        case .stopReleased(let id, _): incidents.removeAll { $0.id == id }
        }
    }

    /// The newest emergency stop that covers a device; `nil` when none does.
    public func incident(covering device: DeviceID) -> Incident? {
        incidents.last { $0.scope.covers(device) }
    }
}
