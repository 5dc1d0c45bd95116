/// What came of many worlds.
public struct ProofTotals: Sendable, Equatable, Codable {
    /// How many failing seeds are listed.
    public static let maximumListedSeeds = 100

    /// How many worlds were run.
    public private(set) var seeds = 0
    /// How many of them broke a promise.
    public private(set) var failures = 0
    /// The first of those.
    public private(set) var failedSeeds: [UInt64] = []
    /// How long the worlds lasted together, in milliseconds of their own time.
    public private(set) var simulatedMilliseconds: Int64 = 0
    /// How often chance decided what comes before what.
    public private(set) var decisions = 0
    /// How many samples reached a disk.
    public private(set) var samples = 0
    /// How many commands energised an output.
    public private(set) var energisings = 0
    /// How many emergency stops were ordered.
    public private(set) var stops = 0
    /// How often somebody wished a device to be something else.
    public private(set) var wishes = 0
    /// How many times a runtime was killed.
    public private(set) var crashes = 0
    /// How many faults happened, crashes included.
    public private(set) var faults = 0
    /// How many times a replay was compared with the live twins.
    public private(set) var replays = 0
    /// Which faults struck outputs in which condition.
    public private(set) var coverage = Coverage()

    /// Begins with nothing.
    public init() {}

    /// How many hours the worlds lasted together.
    public var simulatedHours: Double { Double(simulatedMilliseconds) / 3_600_000 }
    /// Whether every promise was kept in every world.
    public var isPassed: Bool { failures == 0 }

    /// Counts one more world.
    public mutating func add(_ outcome: WorldOutcome) {
        seeds += 1
        if !outcome.isPassed {
            failures += 1
            if failedSeeds.count < Self.maximumListedSeeds { failedSeeds.append(outcome.seed) }
        }
        simulatedMilliseconds += outcome.milliseconds
        decisions += outcome.decisions
        samples += outcome.samples
        energisings += outcome.energisings
        stops += outcome.stops
        wishes += outcome.wishes
        crashes += outcome.crashes
        faults += outcome.faults
        replays += outcome.replays
        coverage.add(outcome.coverage)
    }
}
