/// What came of a world.
public struct WorldOutcome: Sendable, Equatable, Codable {
    /// The seed; the same seed and options always give the same outcome.
    public var seed: UInt64
    /// The promises that were broken; empty when all were kept.
    public var violations: [Violation] = []
    /// A digest of everything that left the runtime, and when.
    public var trace: UInt64 = 0
    /// How long the world lasted, in milliseconds of its own time.
    public var milliseconds: Int64 = 0
    /// How often chance decided what comes before what.
    public var decisions = 0
    /// How many samples reached the disk.
    public var samples = 0
    /// How many facts reached the disk.
    public var facts = 0
    /// How many commands were asked for.
    public var commands = 0
    /// How many commands energised an output.
    public var energisings = 0
    /// How many emergency stops were ordered.
    public var stops = 0
    /// How often somebody wished a device to be something else.
    public var wishes = 0
    /// How many times the runtime was killed.
    public var crashes = 0
    /// How many other faults happened.
    public var faults = 0
    /// How many times a replay was compared with the live twins.
    public var replays = 0
    /// Which faults struck outputs in which condition, and how often.
    public var coverage = Coverage()

    /// Puts an outcome together to which nothing has happened.
    public init(seed: UInt64) { self.seed = seed }

    /// Whether every promise was kept.
    public var isPassed: Bool { violations.isEmpty }
}
