/// What Doppel knows about a kind of actuator.
public struct ActuatorKind: Sendable, Equatable, Codable {
    /// How the kind's driver takes commands.
    public enum Semantics: String, Sendable, Codable, CaseIterable {
        /// On or off.
        case digital
        /// Closed, half open, open.
        case position
        /// Dimmed, 0 to 1.
        case pwm
    }

    /// The canonical wire word.
    public let name: String
    /// How the driver takes commands.
    public let semantics: Semantics
    /// How long an energising command lasts that names no duration, in seconds.
    public let defaultLeaseSeconds: Int
    /// The longest lease, in seconds.
    public let maxOnSeconds: Int
    /// How long the output must rest between two on-times, in seconds.
    public let minOffSeconds: Int

    /// Puts a kind together.
    public init(
        name: String, semantics: Semantics, defaultLeaseSeconds: Int, maxOnSeconds: Int, minOffSeconds: Int
    ) {
        self.name = name
        self.semantics = semantics
        self.defaultLeaseSeconds = defaultLeaseSeconds
        self.maxOnSeconds = maxOnSeconds
        self.minOffSeconds = minOffSeconds
    }

    /// What is assumed of a kind the catalogue does not know: short leases.
    public static func unknown(_ name: String) -> Self {
        Self(name: name, semantics: .digital, defaultLeaseSeconds: 60, maxOnSeconds: 600, minOffSeconds: 0)
    }
}
