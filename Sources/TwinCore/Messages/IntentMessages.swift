/// One step in the life of something a device was told to do (`system/intent_outcome`).
public struct IntentOutcome: Sendable, Equatable, Codable {
    /// How far it came.
    public enum Word: String, Sendable, Codable, CaseIterable {
        case accepted, rejected, applied, persisted, failed, expired

        /// Whether nothing more will come; `applied` may still become `persisted`.
        public var isFinal: Bool {
            switch self {
            case .accepted, .applied: false
            case .rejected, .persisted, .failed, .expired: true
            }
        }
    }

    /// The intent's id, ours or one the device made up; never empty.
    public var intent: String
    /// What ties it to a request of ours; `nil` when the device did not say.
    public var correlation: String?
    /// The canonical flow, such as `command` or `config`; `contract` with a flag for any other word.
    public var flow: String
    /// How far it came.
    public var outcome: Word
    /// The contract's code, such as `SAFETY_LOCKED`; `CONTRACT_UNKNOWN_CODE` with a flag for any other.
    public var code: String
    /// The device's words.
    public var reason: String
    /// Whether trying again can help.
    public var isRetryable: Bool
    /// Whether the device replays it from its outbox.
    public var isRecovered: Bool
    /// The device's time.
    public var clock: DeviceClock
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts an outcome together.
    public init(
        intent: String, correlation: String? = nil, flow: String, outcome: Word, code: String, reason: String,
        isRetryable: Bool, isRecovered: Bool, clock: DeviceClock, flags: [String] = []
    ) {
        self.intent = intent
        self.correlation = correlation
        self.flow = flow
        self.outcome = outcome
        self.code = code
        self.reason = reason
        self.isRetryable = isRetryable
        self.isRecovered = isRecovered
        self.clock = clock
        self.flags = flags
    }
}

/// What happens around intents (`system/intent_outcome/lifecycle`).
public enum IntentLifecycle: Sendable, Equatable, Codable {
    /// The device waits for its configuration after a reset, or does so no longer.
    case configurationPending(ConfigurationPending)
    /// One stage of the way of an intent through the device.
    case stage(IntentStage)
}

/// A device entered, left or could not leave the state in which it waits for its configuration.
public struct ConfigurationPending: Sendable, Equatable, Codable {
    /// Whether it waits now.
    public var isPending: Bool
    /// Whether it tried to leave that state and could not.
    public var isExitBlocked: Bool
    /// Why, in the contract's code.
    public var reason: String
    /// How many sensors it runs.
    public var sensorCount: Int?
    /// How many actuators it runs.
    public var actuatorCount: Int?

    /// Puts a report together.
    public init(
        isPending: Bool, isExitBlocked: Bool, reason: String, sensorCount: Int? = nil, actuatorCount: Int? = nil
    ) {
        self.isPending = isPending
        self.isExitBlocked = isExitBlocked
        self.reason = reason
        self.sensorCount = sensorCount
        self.actuatorCount = actuatorCount
    }
}

/// One stage of the way of an intent through the device.
public struct IntentStage: Sendable, Equatable, Codable {
    /// The intent's id.
    public var intent: String
    /// The canonical flow.
    public var flow: String
    /// The stage, in the device's words.
    public var stage: String
    /// The code, in the device's words.
    public var code: String

    /// Puts a stage together.
    public init(intent: String, flow: String, stage: String, code: String) {
        self.intent = intent
        self.flow = flow
        self.stage = stage
        self.code = code
    }
}
