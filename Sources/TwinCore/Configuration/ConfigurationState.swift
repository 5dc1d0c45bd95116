/// What an operator wants a device to be, what the device reported, and how far the one became the other.
///
/// Changed by ``ConfigurationState/apply(_:at:)`` alone.
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
    /// The counts of a heartbeat that did not fit, and how often they were answered by a push.
    public internal(set) var mismatch: Mismatch?

    /// One wished property.
    public struct Property: Sendable, Equatable, Codable {
        /// Where it stands.
        public internal(set) var state: PropertyState
        /// Since when.
        public internal(set) var since: UnixTime
        /// Until when the wish is to be carried out; `nil` for ever.
        public internal(set) var validUntil: UnixTime?
    }

    /// A step that is not over.
    public struct StepUnderWay: Sendable, Equatable, Codable {
        /// What was said.
        public let step: ConfigurationStep
        /// How often.
        public internal(set) var attempt: Int
        /// When last.
        public internal(set) var sentAt: Moment
        /// The properties whose answer is awaited.
        public internal(set) var awaited: [PropertyPath]
    }

    /// A device that runs another number of parts than it was told.
    public struct Mismatch: Sendable, Equatable, Codable {
        /// What it said.
        public internal(set) var sensors: Int?
        /// What it said.
        public internal(set) var actuators: Int?
        /// How often it was told again since.
        public internal(set) var pushes: Int
        /// When it was last told.
        public internal(set) var at: Moment
    }

    /// Makes a state without a wish.
    public init() {}
}

extension ConfigurationState {
    /// Takes one fact into the state.
    public mutating func apply(_ event: ConfigurationEvent, at moment: Moment) {}
}
