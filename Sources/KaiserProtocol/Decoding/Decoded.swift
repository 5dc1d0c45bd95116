public import TwinCore

/// What a message turned out to be.
public enum Decoded: Sendable, Equatable {
    /// A device speaks.
    case report(DeviceReport)
    /// A relay between devices and server speaks.
    case relay(RelayHeartbeat)
    /// A server speaks: mostly ourselves, heard again.
    case order(ServerOrder)
}
