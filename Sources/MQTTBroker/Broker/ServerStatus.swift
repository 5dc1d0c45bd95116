public import TwinCore

/// What the runtime says about itself, retained, on one topic: `online` while it is there, `offline` when it went.
public struct ServerStatus: Sendable {
    /// Why it is offline, in the protocol's words.
    public enum OfflineReason: String, Sendable, Equatable {
        /// It went without saying goodbye; the broker says so in its name.
        case unexpectedDisconnect = "unexpected_disconnect"
        /// It was stopped.
        case gracefulShutdown = "graceful_shutdown"
    }

    /// Where it is said.
    public var topic: String
    /// What is said on each connect.
    public var onlinePayload: @Sendable (UnixTime) -> [UInt8]
    /// What is said at the end.
    ///
    /// For the will it is made when the connection is.
    public var offlinePayload: @Sendable (UnixTime, OfflineReason) -> [UInt8]

    /// Puts the two payloads together; the topic is the one that devices listen to.
    public init(
        topic: String = "kaiser/god/server/status", onlinePayload: @escaping @Sendable (UnixTime) -> [UInt8],
        offlinePayload: @escaping @Sendable (UnixTime, OfflineReason) -> [UInt8]
    ) {
        self.topic = topic
        self.onlinePayload = onlinePayload
        self.offlinePayload = offlinePayload
    }
}
