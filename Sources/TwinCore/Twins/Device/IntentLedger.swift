/// What a device says about the things it was told to do, by intent; changed by ``IntentLedger/apply(_:at:)`` alone.
public struct IntentLedger: Sendable, Equatable, Codable {
    /// The most intents kept; the oldest are forgotten.
    public static let maximumIntents = 64

    /// One intent as it is kept.
    public struct Entry: Sendable, Equatable, Codable {
        /// Its id.
        public let intent: String
        /// The flow it belongs to.
        public internal(set) var flow: String
        /// The latest outcome that counts: the first final one stays.
        public internal(set) var outcome: IntentOutcome?
        /// How many outcomes came after the first final one.
        public internal(set) var lateOutcomes: Int
        /// The latest stage.
        public internal(set) var stage: IntentStage?
        /// When something was last said about it.
        public internal(set) var lastAt: UnixTime
    }

    /// The intents, the one spoken of last at the end.
    public internal(set) var entries: [Entry] = []
    /// Whether the device waits for its configuration after a reset, as it last said.
    public internal(set) var configurationPending: Received<ConfigurationPending>?

    /// Makes an empty ledger.
    public init() {}
}

extension IntentLedger {
    /// Takes one fact into the state.
    public mutating func apply(_ event: IntentEvent, at moment: Moment) {}
}
