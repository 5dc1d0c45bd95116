/// Something a simulated device asks its connection to do.
///
/// Actions are carried out in the order given.
public enum DeviceAction: Sendable, Equatable {
    /// Subscribe to filters, in this order.
    case subscribe([Subscription])
    /// Send a message.
    case publish(DevicePublication)
    /// Drop the connection without saying goodbye, so that the broker publishes the will.
    case disconnect
}

/// One topic filter a device subscribes to.
public struct Subscription: Sendable, Equatable {
    /// The filter.
    public let filter: String
    /// The highest quality of service wanted: 0, 1 or 2.
    public let qos: UInt8

    /// Puts a subscription together.
    public init(filter: String, qos: UInt8) {
        self.filter = filter
        self.qos = qos
    }
}

/// One message of a device.
public struct DevicePublication: Sendable, Equatable {
    /// Where it goes.
    public let topic: String
    /// What it says.
    public let payload: [UInt8]
    /// 0 or 1.
    public let qos: UInt8
    /// Whether the broker keeps it for later subscribers.
    public let isRetained: Bool

    /// Puts a message together.
    public init(topic: String, payload: [UInt8], qos: UInt8, isRetained: Bool = false) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.isRetained = isRetained
    }
}
