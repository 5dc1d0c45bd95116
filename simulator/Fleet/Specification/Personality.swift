public import TwinCore

/// What a device does otherwise than a good one, on request of a scenario; nothing unless asked for.
///
/// What depends on luck is drawn from the device's seed, and only where a chance is above 0, so that a member that is
/// left alone changes nothing.
public struct Personality: Sendable, Equatable {
    /// A part of what a device keeps in its flash.
    public enum Part: String, Sendable, CaseIterable {
        case sensors
        case actuators
        /// The zone and its subzones.
        case zone
    }

    // MARK: Configuration

    /// The pins whose items of a configuration it refuses, as if its flash could not be written.
    public var refusedPins: Set<GPIO> = []
    /// How many items it refuses before it gives in; `nil` for no end.
    public var refusals: Int?
    /// Whether it applies every section of a push and answers the first alone.
    public var answersFirstSectionOnly = false
    /// What it loses when it reboots.
    public var forgets: Set<Part> = []
    /// Whether only the first ten sensors survive a reboot, as on the firmware of 2026.
    public var restoresTenSensors = false
    /// Whether it begins without what is wired to it, as a device from the shelf, and waits to be configured.
    public var startsUnconfigured = false
    /// What it adds to the number of sensors it reports.
    public var sensorCountError = 0
    /// What it adds to the number of actuators it reports.
    public var actuatorCountError = 0

    // MARK: Answers

    /// How likely an answer or an outcome is lost, 0 to 1.
    public var lostAnswers = 0.0
    /// How likely an answer or an outcome is sent twice, 0 to 1.
    public var repeatedAnswers = 0.0
    /// How late every answer is, in milliseconds.
    public var answerDelayMilliseconds = 0
    /// Whether it tells each stage of the way of a command (`intent_chain_stage_v1`).
    public var tellsStages = false

    // MARK: Time

    /// How far its clock is ahead, in milliseconds; negative for behind.
    public var clockOffsetMilliseconds = 0
    /// How much faster its clock runs, in parts per million, from each boot on; negative for slower.
    public var clockDriftPartsPerMillion = 0
    /// Whether it never learns the time, not even from the server.
    public var hasNoClock = false

    // MARK: Hardware

    /// The pins whose sensors cannot be read.
    public var failingPins: Set<GPIO> = []
    /// How long measuring on demand takes, in milliseconds.
    public var measuringMilliseconds = 0
    /// How often its publish queue is full, in seconds; `nil` for never.
    public var congestedEverySeconds: Int?
    /// How likely a chunk of a library arrives damaged, 0 to 1.
    public var damagedChunks = 0.0

    // MARK: Habits

    /// Whether emergency orders without a token are refused when it holds none, as production builds do.
    public var needsTokens = false
    /// Whether it subscribes to and uses the topics that only documents describe.
    public var usesDocumentedTopics = false
    /// Whether it announces its hardware on the deprecated discovery topic when it connects.
    public var announcesHardware = false
    /// Whether it also asks for each reading to be processed (`pi_enhanced/request`).
    public var asksForProcessing = false
    /// The library it asks for when it is registered, with ``usesDocumentedTopics``; `nil` for none.
    public var library: String?

    /// A good device.
    public init() {}
}
