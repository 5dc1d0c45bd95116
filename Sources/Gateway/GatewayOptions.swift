/// Where the gateway listens.
public struct GatewayOptions: Sendable {
    /// The host name or address to listen on; anything but loopback opens the interface to the network, and there is
    /// no authentication yet.
    public var host: String
    /// The port to listen on; 0 lets the system choose.
    public var port: Int
    /// Names, besides addresses and `localhost`, that requests may be addressed to (their `Host` header).
    public var allowedHosts: [String]
    /// How often a watcher of events hears something, even if nothing happens.
    var heartbeat: Duration = .seconds(15)

    /// Puts options together.
    public init(host: String = "127.0.0.1", port: Int = 8080, allowedHosts: [String] = []) {
        self.host = host
        self.port = port
        self.allowedHosts = allowedHosts
    }

    /// Whether only this machine can reach the gateway.
    var isLoopback: Bool {
        host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
    }
}
