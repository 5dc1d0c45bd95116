/// How large a world is.
public enum WorldProfile: String, Sendable, Codable, CaseIterable {
    /// Short and small, for very many seeds: what concerns outputs and durability.
    case safety
    /// Long and with everything: every wish must come true in the end, too.
    case full

    /// How long faults happen unless asked otherwise, in seconds of virtual time.
    public var troubledSeconds: Int64 { self == .full ? 240 : 60 }
    /// How long everything is in order afterwards unless asked otherwise, in seconds of virtual time.
    public var quietSeconds: Int64 { self == .full ? 150 : 30 }
    /// How many devices there may be.
    var deviceCounts: ClosedRange<Int64> { self == .full ? 2...5 : 2...3 }
    /// How long it takes from one fault to the next, in milliseconds.
    var faultPauseMilliseconds: ClosedRange<Int64> { self == .full ? 1_000...15_000 : 500...10_000 }
    /// How much rarer than usual sensors measure.
    var sensorPause: Int64 { self == .full ? 1 : 4 }
}

/// How a world is made.
public struct WorldOptions: Sendable {
    /// What is broken on purpose, so that the oracle can be seen to notice.
    public enum Sabotage: String, Sendable, CaseIterable {
        /// Nothing.
        case none
        /// The journal says "durable" and writes later.
        case journalLies = "journal_lies"
        /// The ingest connection acknowledges what it hands over at once.
        case acknowledgesEarly = "acknowledges_early"
        /// The disk loses its latest fact when the runtime is killed.
        case diskForgets = "disk_forgets"
        /// No OFF ever leaves.
        case swallowsOff = "swallows_off"
        /// A stop of one device leaves for everybody.
        case widensStops = "widens_stops"
        /// Commands are kept by the broker.
        case retainsCommands = "retains_commands"
        /// An instance is not told what others claim.
        case hidesClaims = "hides_claims"
    }

    /// How large the world is.
    public var profile: WorldProfile
    /// How long faults happen, in seconds of virtual time.
    public var troubledSeconds: Int64
    /// How long everything is in order afterwards, in seconds of virtual time.
    public var quietSeconds: Int64
    /// What may go wrong.
    public var faults: [Fault]
    /// What is broken on purpose.
    public var sabotage: Sabotage
    /// What the oracle holds the runtime to.
    public var rules: OracleRules
    /// Who is told what happens, line by line, to follow a failing seed; `nil` for nobody.
    public var tell: (@Sendable (String) -> Void)?
    /// What writes down what is stored and what is seen; `nil` for nothing.
    public var record: WorldRecord?

    /// Puts options together.
    public init(
        profile: WorldProfile = .full, troubledSeconds: Int64? = nil, quietSeconds: Int64? = nil,
        faults: [Fault] = Fault.usual, sabotage: Sabotage = .none, rules: OracleRules = .today,
        tell: (@Sendable (String) -> Void)? = nil
    ) {
        self.profile = profile
        self.troubledSeconds = troubledSeconds ?? profile.troubledSeconds
        self.quietSeconds = quietSeconds ?? profile.quietSeconds
        self.faults = faults
        self.sabotage = sabotage
        self.rules = rules
        self.tell = tell
    }
}
