public import TwinRuntime

/// What a link to PostgreSQL is made of.
public struct PostgresLinkOptions: Sendable {
    /// Where the server is and how to log in.
    public var address: PostgresAddress
    /// How many pieces of work may wait at once.
    public var maximumWaiting = 256
    /// How long a piece of work may take unless its caller says otherwise, waiting included, in milliseconds.
    public var deadlineMilliseconds: Int64 = 5_000
    /// The waits between two attempts to connect.
    public var reconnecting = ReconnectPolicy.Limits()
    /// The channels that every connection listens to.
    public var channels: [String] = []

    /// Starts with the numbers of the design.
    public init(address: PostgresAddress) { self.address = address }
}

/// What a link tells its owner, on the loop, never from inside a call of the owner's.
public struct PostgresLinkEvents: Sendable {
    /// A connection is up and listens; what was notified before is lost.
    public var connected: @Sendable (_ server: String) -> Void = { _ in }
    /// The connection went down or an attempt failed; the next one comes after so many milliseconds.
    public var disconnected: @Sendable (_ reason: String, _ retryMilliseconds: Int64) -> Void = { _, _ in }
    /// Somebody notified a channel.
    public var notified: @Sendable (_ channel: String, _ payload: String) -> Void = { _, _ in }

    /// Starts with closures that do nothing.
    public init() {}
}
