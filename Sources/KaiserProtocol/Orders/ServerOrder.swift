public import TwinCore

/// What a server says to devices or to the site, heard because we subscribe to everything below `kaiser/`.
///
/// Mostly it is our own. It may also be another server's, or what somebody left at the broker; who it was from, the
/// runtime tells by comparing it with what it sent. No secret of a payload is kept.
public struct ServerOrder: Sendable, Equatable {
    /// What the order says, as far as anybody acts on it.
    public enum Content: Sendable, Equatable {
        /// To switch an actuator; `nil` when the payload cannot be read.
        case actuatorCommand(DeviceAddress, GPIO, CommandHeard?)
        /// To stop one device, or everything.
        case stop(StopHeard)
        /// To let go of a stop: one device, or, which no device obeys, everything.
        case clear(DeviceAddress?, incident: String?)
        /// A runtime serves the site.
        case claim(SiteClaim)
        /// Nothing: an empty payload, which erases what the broker keeps on this topic.
        case erased
        /// Anything else that only a server says.
        case other
    }

    /// The topic as it came; an empty retained message there erases what the broker keeps.
    public var topic: String
    /// Whether the broker keeps it, or kept it from an earlier time.
    public var isRetained: Bool
    /// What it says.
    public var content: Content

    /// Puts an order together.
    public init(topic: String, isRetained: Bool, content: Content) {
        self.topic = topic
        self.isRetained = isRetained
        self.content = content
    }

    /// Whether the broker keeps what no server may leave there: every device that comes later would obey it.
    ///
    /// Only a server's status and the claim of the site are for keeping; an erasure leaves nothing behind.
    public var isMisplaced: Bool {
        guard isRetained else { return false }
        return switch content {
        case .claim, .erased: false
        case .actuatorCommand, .stop, .clear: true
        case .other: !topic.hasSuffix("/server/status") && topic != KaiserEncoder.siteClaimTopic
        }
    }
}

/// A command to an actuator, as far as it tells whose it is and what it does.
public struct CommandHeard: Sendable, Equatable {
    /// Its `correlation_id`, or its `intent_id`; `nil` when it has none that a command of ours can bear.
    public var id: CommandID?
    /// Whether it may switch the output on; only a plain OFF, or a level of 0, does not.
    public var energises: Bool
    /// Who issued it, cut to a bound; `nil` when it does not say.
    public var issuedBy: String?

    /// Puts a command together.
    public init(id: CommandID?, energises: Bool, issuedBy: String?) {
        self.id = id
        self.energises = energises
        self.issuedBy = issuedBy
    }
}

/// An emergency stop that was heard.
public struct StopHeard: Sendable, Equatable {
    /// Whom it stops; `nil` for everybody.
    public var device: DeviceAddress?
    /// The incident it names; `nil` when it names none, or one too long to be anybody's.
    public var incident: String?
    /// Why, cut to a bound; empty when it does not say.
    public var reason: String
    /// Who ordered it, cut to a bound; empty when it does not say.
    public var issuedBy: String

    /// Puts a stop together.
    public init(device: DeviceAddress?, incident: String?, reason: String, issuedBy: String) {
        self.device = device
        self.incident = incident
        self.reason = reason
        self.issuedBy = issuedBy
    }
}
