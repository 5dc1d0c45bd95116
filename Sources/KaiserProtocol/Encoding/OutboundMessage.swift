/// One message to publish.
public struct OutboundMessage: Sendable, Equatable {
    /// Where it goes.
    public let topic: String
    /// What it says; empty to erase what the broker keeps.
    public let payload: [UInt8]
    /// 0, 1 or 2.
    public let qos: UInt8
    /// Whether the broker keeps it for later subscribers.
    public let isRetained: Bool
    /// After how many seconds the broker drops it undelivered; `nil` for never.
    public let expirySeconds: UInt32?

    init(
        topic: String, payload: [UInt8], qos: UInt8, isRetained: Bool = false, expirySeconds: UInt32? = nil
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.isRetained = isRetained
        self.expirySeconds = expirySeconds
    }
}
