public import TwinCore

/// A topic of ours, heard because we subscribe to everything below `kaiser/`.
public enum OwnTopic: Sendable, Equatable {
    /// A command to an actuator; nobody else may leave a message there.
    case actuatorCommand(DeviceAddress, GPIO)
    /// Any other topic that only a server publishes on.
    case other
}
