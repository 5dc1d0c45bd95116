/// What is known of the site as a whole beside its emergency stops; changed by ``SiteState/apply(_:)`` alone.
public struct SiteState: Sendable, Equatable {
    /// The most relays taken in.
    public static let maximumRelays = 256
    /// The most former secrets of broadcasts kept.
    public static let maximumFormerTokens = 3

    /// The secret that broadcasts carry; `nil` for none.
    public private(set) var broadcastToken: EmergencyToken?
    /// The secrets that broadcasts carried before and that a device may still hold; the latest last.
    public private(set) var formerTokens: [EmergencyToken] = []
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
        case .broadcastTokenChanged(let token, _): change(to: token)
        }
    }

    /// What a stop of everything is sent with, once with each: a device obeys only the secret that it holds.
    public var stopTokens: [EmergencyToken?] { [broadcastToken] + formerTokens.reversed().map(Optional.some) }

    private mutating func change(to token: EmergencyToken?) {
        if let broadcastToken { formerTokens.append(broadcastToken) }
        broadcastToken = token
        var kept: [EmergencyToken] = []
        for former in formerTokens.reversed() where former != token && !kept.contains(former) { kept.append(former) }
        formerTokens = kept.prefix(Self.maximumFormerTokens).reversed()
    }

    /// Whether a relay's heartbeat is worth a fact: it is the first, or its state or connections differ.
    public func isNews(_ heartbeat: RelayHeartbeat) -> Bool {
        guard let known = relays[heartbeat.kaiser] else { return true }
        return known.state != heartbeat.state || known.isLocalConnected != heartbeat.isLocalConnected
            || known.isRemoteConnected != heartbeat.isRemoteConnected
    }
}
