extension Scenario {
    /// What the devices of a group do otherwise than good ones.
    ///
    /// Whatever is left out is not done; ``Personality`` says more about each member.
    public struct Traits: Sendable, Equatable, Codable {
        /// The pins whose items of a configuration they refuse; default none.
        public var refusedPins: [Int]?
        /// How many items each refuses before it gives in; default no end.
        public var refusals: Int?
        /// Whether they apply every section of a push and answer the first alone.
        public var answersFirstSectionOnly: Bool?
        /// What a reboot makes them lose: `sensors`, `actuators`, `zone`; default nothing.
        public var forgetsOnReboot: [String]?
        /// Whether only the first ten sensors survive a reboot.
        public var restoresTenSensors: Bool?
        /// Whether they begin without zone, sensors and actuators, and wait to be configured.
        public var startsUnconfigured: Bool?
        /// What they add to the number of sensors they report; default 0.
        public var sensorCountError: Int?
        /// What they add to the number of actuators they report; default 0.
        public var actuatorCountError: Int?
        /// How likely an answer is lost, 0 to 1; default 0.
        public var lostAnswers: Double?
        /// How likely an answer is sent twice, 0 to 1; default 0.
        public var repeatedAnswers: Double?
        /// How late every answer is, in milliseconds; default 0.
        public var answerDelayMilliseconds: Int?
        /// Whether they tell each stage of the way of a command.
        public var tellsStages: Bool?
        /// How far their clocks are ahead, in milliseconds; negative for behind; default 0.
        public var clockOffsetMilliseconds: Int?
        /// How much faster their clocks run, in parts per million; default 0.
        public var clockDriftPartsPerMillion: Int?
        /// Whether they never learn the time, not even from the server.
        public var hasNoClock: Bool?
        /// The pins whose sensors cannot be read; default none.
        public var failingPins: [Int]?
        /// How long measuring on demand takes, in milliseconds; default 0.
        public var measuringMilliseconds: Int?
        /// How often their publish queue is full for ten seconds, in seconds; default never.
        public var congestedEverySeconds: Int?
        /// How likely a chunk of a library arrives damaged, 0 to 1; default 0.
        public var damagedChunks: Double?
        /// Whether they refuse emergency orders while they hold no token.
        public var needsTokens: Bool?
        /// Whether they use the topics that only documents describe.
        public var usesDocumentedTopics: Bool?
        /// Whether they announce their hardware on the deprecated discovery topic.
        public var announcesHardware: Bool?
        /// Whether they also ask for each reading to be processed.
        public var asksForProcessing: Bool?
        /// The library they ask for, with `uses_documented_topics`; default none.
        public var library: String?

        /// Good devices.
        public init() {}

        enum CodingKeys: String, CodingKey, CaseIterable {
            case refusals, library
            case refusedPins = "refused_pins"
            case answersFirstSectionOnly = "answers_first_section_only"
            case forgetsOnReboot = "forgets_on_reboot"
            case restoresTenSensors = "restores_ten_sensors"
            case startsUnconfigured = "starts_unconfigured"
            case sensorCountError = "sensor_count_error"
            case actuatorCountError = "actuator_count_error"
            case lostAnswers = "lost_answers"
            case repeatedAnswers = "repeated_answers"
            case answerDelayMilliseconds = "answer_delay_ms"
            case tellsStages = "tells_stages"
            case clockOffsetMilliseconds = "clock_offset_ms"
            case clockDriftPartsPerMillion = "clock_drift_ppm"
            case hasNoClock = "has_no_clock"
            case failingPins = "failing_pins"
            case measuringMilliseconds = "measuring_ms"
            case congestedEverySeconds = "congested_every_seconds"
            case damagedChunks = "damaged_chunks"
            case needsTokens = "needs_tokens"
            case usesDocumentedTopics = "uses_documented_topics"
            case announcesHardware = "announces_hardware"
            case asksForProcessing = "asks_for_processing"
        }

        /// Reads the traits; none must be there.
        public init(from decoder: any Decoder) throws {
            let members = try decoder.strictContainer(keyedBy: CodingKeys.self)
            refusedPins = try members.decodeIfPresent([Int].self, forKey: .refusedPins)
            refusals = try members.decodeIfPresent(Int.self, forKey: .refusals)
            answersFirstSectionOnly = try members.decodeIfPresent(Bool.self, forKey: .answersFirstSectionOnly)
            forgetsOnReboot = try members.decodeIfPresent([String].self, forKey: .forgetsOnReboot)
            restoresTenSensors = try members.decodeIfPresent(Bool.self, forKey: .restoresTenSensors)
            startsUnconfigured = try members.decodeIfPresent(Bool.self, forKey: .startsUnconfigured)
            sensorCountError = try members.decodeIfPresent(Int.self, forKey: .sensorCountError)
            actuatorCountError = try members.decodeIfPresent(Int.self, forKey: .actuatorCountError)
            lostAnswers = try members.decodeIfPresent(Double.self, forKey: .lostAnswers)
            repeatedAnswers = try members.decodeIfPresent(Double.self, forKey: .repeatedAnswers)
            answerDelayMilliseconds = try members.decodeIfPresent(Int.self, forKey: .answerDelayMilliseconds)
            tellsStages = try members.decodeIfPresent(Bool.self, forKey: .tellsStages)
            clockOffsetMilliseconds = try members.decodeIfPresent(Int.self, forKey: .clockOffsetMilliseconds)
            clockDriftPartsPerMillion = try members.decodeIfPresent(Int.self, forKey: .clockDriftPartsPerMillion)
            hasNoClock = try members.decodeIfPresent(Bool.self, forKey: .hasNoClock)
            failingPins = try members.decodeIfPresent([Int].self, forKey: .failingPins)
            measuringMilliseconds = try members.decodeIfPresent(Int.self, forKey: .measuringMilliseconds)
            congestedEverySeconds = try members.decodeIfPresent(Int.self, forKey: .congestedEverySeconds)
            damagedChunks = try members.decodeIfPresent(Double.self, forKey: .damagedChunks)
            needsTokens = try members.decodeIfPresent(Bool.self, forKey: .needsTokens)
            usesDocumentedTopics = try members.decodeIfPresent(Bool.self, forKey: .usesDocumentedTopics)
            announcesHardware = try members.decodeIfPresent(Bool.self, forKey: .announcesHardware)
            asksForProcessing = try members.decodeIfPresent(Bool.self, forKey: .asksForProcessing)
            library = try members.decodeIfPresent(String.self, forKey: .library)
        }
    }
}
