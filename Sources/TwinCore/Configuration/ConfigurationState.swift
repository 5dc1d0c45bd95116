/// What an operator wants a device to be, what the device reported, and how far the one became the other.
///
/// Changed by ``ConfigurationState/apply(_:at:)`` alone. `desired` outlives the device's absence and every restart.
public struct ConfigurationState: Sendable, Equatable, Codable {
    /// What is wanted.
    public internal(set) var desired = Desired()
    /// The twin's revision when the wish last changed.
    public internal(set) var desiredRevision: UInt64 = 0
    /// What the device holds, as far as its answers and reports prove.
    public internal(set) var reported = Desired()
    /// Where each wished property stands; one that is in neither wish nor report is forgotten.
    public internal(set) var properties: [PropertyPath: Property] = [:]
    /// What was said to the device and is not answered.
    public internal(set) var step: StepUnderWay?
    /// The counts of a heartbeat that did not fit, and how often they were seen.
    public internal(set) var mismatch: Mismatch?
    /// What the device was told and never answered: it may hold this instead of what it reported.
    public internal(set) var unconfirmed = Desired()
    /// How fast it may be told each kind of step.
    public internal(set) var paces: [ConfigurationLane: ConfigurationPace] = [:]
    /// The generation of the latest push.
    var generation: UInt32 = 0
    /// The latest steps that were answered entirely, whose answers may come twice; at most `maximumAnswered`.
    var answered: [CommandID] = []

    /// How many answered steps are remembered.
    static let maximumAnswered = 4

    /// One wished property.
    public struct Property: Sendable, Equatable, Codable {
        /// Where it stands.
        public internal(set) var state: PropertyState
        /// Since when.
        public internal(set) var since: UnixTime
        /// Until when the wish is to be carried out; `nil` for ever, and once it was.
        public internal(set) var validUntil: UnixTime?
        /// The same on the run's own clock; bounds the wish even when the wall clock jumps.
        var expiresAt: Uptime?
    }

    /// A step that is not over.
    public struct StepUnderWay: Sendable, Equatable, Codable {
        /// How often a step is said before it is given up for a while.
        public static let maximumAttempts = 3
        /// How long an answer is awaited, in milliseconds.
        public static let answerMilliseconds: Int64 = 15_000
        /// How long more words are awaited after a word that not all succeeded, in milliseconds.
        ///
        /// A device reports each refused actuator by itself and never says that it is done.
        public static let settlingMilliseconds: Int64 = 2_000

        /// What was said.
        public let step: ConfigurationStep
        /// What of it is said only while no output may be energised.
        public let lettingGo: [PropertyPath]
        /// How often.
        public internal(set) var attempt: Int
        /// When last.
        public internal(set) var sentAt: Moment
        /// The properties whose answer is awaited, in the order in which they were said.
        public internal(set) var awaited: [PropertyPath]
        /// When the device last said that something of it failed; `nil` while it did not.
        var failingSince: Uptime?
        /// What all of it is refused for unless the device says something of a part.
        var refusal: String?
        /// Whether the run ended while it was under way: it is said once more as soon as the device can hear.
        var isInterrupted = false

        /// Whether the device answered a part of it.
        var isAnsweredInPart: Bool { awaited.count < step.paths.count }

        /// When it is over or said again, unless an answer comes before.
        var dueAt: Uptime {
            failingSince?.advanced(byMilliseconds: Self.settlingMilliseconds)
                ?? sentAt.uptime.advanced(byMilliseconds: Self.answerMilliseconds)
        }
    }

    /// A device that runs another number of parts than it was told.
    public struct Mismatch: Sendable, Equatable, Codable {
        /// How long after a push or a mismatch the counts are trusted to have settled, in milliseconds.
        public static let cooldownMilliseconds: Int64 = 45_000
        /// The longest such span, while pushing does not help, in milliseconds.
        public static let longestCooldownMilliseconds: Int64 = 1_800_000

        /// What it said.
        public internal(set) var sensors: Int?
        /// What it said.
        public internal(set) var actuators: Int?
        /// How often it said so in a row, with a push after each.
        public internal(set) var pushes: Int
        /// When it last said so.
        public internal(set) var at: Moment
    }

    /// Makes a state without a wish.
    public init() {}
}

extension ConfigurationState {
    /// The properties in which the device differs from the wish, or may, in the order in which they are sent.
    public var delta: [PropertyPath] { properties.keys.filter { !isMet($0) }.sorted() }

    /// Whether something is to be told to the device that it was not told.
    public var isWaitingToTell: Bool { properties.values.contains { $0.state == .pending } }

    /// Whether the device holds what is wished of a property, beyond doubt.
    func isMet(_ path: PropertyPath) -> Bool {
        !unconfirmed.names(path) && desired.isMet(by: reported, at: path)
    }
}
