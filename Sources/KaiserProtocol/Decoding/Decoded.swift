public import TwinCore

/// What a message turned out to be.
public enum Decoded: Sendable, Equatable {
    /// A device speaks.
    case report(DeviceReport)
    /// A relay between devices and server speaks.
    case relay(RelayHeartbeat)
    /// We hear ourselves; nothing follows, except where a foreign message lies on a command topic.
    case own(OwnTopic)
}
