/// How a world is made.
public struct WorldOptions: Sendable {
    /// What is broken on purpose, so that the checker can be seen to notice.
    public enum Sabotage: String, Sendable, CaseIterable {
        /// Nothing.
        case none
        /// The journal says "durable" and writes later.
        case journalLies = "journal_lies"
        /// The ingest connection acknowledges what it hands over at once.
        case acknowledgesEarly = "acknowledges_early"
        /// The disk loses its latest fact when the runtime is killed.
        case diskForgets = "disk_forgets"
    }

    /// How long faults happen, in seconds of virtual time.
    public var troubledSeconds: Int64
    /// How long everything is in order afterwards, in seconds of virtual time.
    public var quietSeconds: Int64
    /// What is broken on purpose.
    public var sabotage: Sabotage

    /// Who is told what happens, line by line, to follow a failing seed; `nil` for nobody.
    public var tell: (@Sendable (String) -> Void)?

    /// Puts options together.
    public init(
        troubledSeconds: Int64 = 240, quietSeconds: Int64 = 150, sabotage: Sabotage = .none,
        tell: (@Sendable (String) -> Void)? = nil
    ) {
        self.tell = tell
        self.troubledSeconds = troubledSeconds
        self.quietSeconds = quietSeconds
        self.sabotage = sabotage
    }
}

/// What came of a world.
public struct WorldOutcome: Sendable, Equatable, Codable {
    /// The seed; the same seed always gives the same outcome.
    public var seed: UInt64
    /// The promises that were broken; empty when all were kept.
    public var violations: [String]
    /// A digest of everything that left the runtime, and when.
    public var trace: UInt64
    /// How many samples reached the disk.
    public var samples: Int
    /// How many facts reached the disk.
    public var facts: Int
    /// How many commands were asked for.
    public var commands: Int
    /// How many commands energised an output.
    public var energisings: Int
    /// How many emergency stops were ordered.
    public var stops: Int
    /// How often somebody wished a device to be something else.
    public var wishes: Int
    /// How many times the runtime was killed.
    public var crashes: Int
    /// How many other faults happened.
    public var faults: Int
    /// How many times a replay was compared with the live twins.
    public var replays: Int

    /// Whether every promise was kept.
    public var isPassed: Bool { violations.isEmpty }
}
