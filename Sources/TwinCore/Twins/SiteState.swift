/// What is known of the site as a whole beside its emergency stops; changed by ``SiteState/apply(_:)`` alone.
public struct SiteState: Sendable, Equatable {
    /// The most relays taken in.
    public static let maximumRelays = 256

    /// The secret that broadcasts carry; `nil` for none.
    public private(set) var broadcastToken: EmergencyToken?
    /// The models in use, as last journalled.
    public private(set) var catalogue: CatalogueStamp?
    /// What each relay said when it last had something new to say about its state or connections.
    public private(set) var relays: [KaiserID: RelayHeartbeat] = [:]

    /// Makes a state that knows nothing.
    public init() {}

    /// Takes one fact into the state.
    public mutating func apply(_ event: SiteEvent) {
        switch event {
        case .runStarted, .runEnded, .stopLatched, .stopReleased: break
        case .catalogueLoaded(let stamp): catalogue = stamp
        case .relayReported(let relay): relays[relay.kaiser] = relay
        case .broadcastTokenChanged(let token, _): broadcastToken = token
        }
    }

    /// Whether a relay's heartbeat is worth a fact: it is the first, or its state or connections differ.
    public func isNews(_ heartbeat: RelayHeartbeat) -> Bool {
        guard let known = relays[heartbeat.kaiser] else { return true }
        return known.state != heartbeat.state || known.isLocalConnected != heartbeat.isLocalConnected
            || known.isRemoteConnected != heartbeat.isRemoteConnected
    }
}
