/// What a relay between devices and server says about itself (`relay/{kaiser}/heartbeat`).
public struct RelayHeartbeat: Sendable, Equatable, Codable {
    /// Which relay.
    public var kaiser: KaiserID
    /// Its time.
    public var clock: DeviceClock
    /// Seconds since it started.
    public var uptimeSeconds: Int?
    /// Its state, in its own words.
    public var state: String
    /// Whether it reaches its own broker.
    public var isLocalConnected: Bool?
    /// Whether it reaches the server's broker.
    public var isRemoteConnected: Bool?
    /// How many devices it serves.
    public var clientCount: Int?
    /// How many messages wait for the server's broker.
    public var queueLength: Int?
    /// How many messages it passed on.
    public var relayedTotal: Int?
    /// How hot its processor is, in degrees Celsius.
    public var temperatureCelsius: Double?
    /// How full its disk is, in percent.
    public var diskUsagePercent: Double?

    /// Puts a heartbeat together.
    public init(
        kaiser: KaiserID, clock: DeviceClock, uptimeSeconds: Int? = nil, state: String, isLocalConnected: Bool? = nil,
        isRemoteConnected: Bool? = nil, clientCount: Int? = nil, queueLength: Int? = nil, relayedTotal: Int? = nil,
        temperatureCelsius: Double? = nil, diskUsagePercent: Double? = nil
    ) {
        self.kaiser = kaiser
        self.clock = clock
        self.uptimeSeconds = uptimeSeconds
        self.state = state
        self.isLocalConnected = isLocalConnected
        self.isRemoteConnected = isRemoteConnected
        self.clientCount = clientCount
        self.queueLength = queueLength
        self.relayedTotal = relayedTotal
        self.temperatureCelsius = temperatureCelsius
        self.diskUsagePercent = diskUsagePercent
    }
}
