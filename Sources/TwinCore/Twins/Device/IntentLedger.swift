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
        /// How many outcomes came after the first final one, or led back.
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
    public mutating func apply(_ event: IntentEvent, at moment: Moment) {
        switch event {
        case .outcome(let outcome):
            touch(outcome.intent, flow: outcome.flow, at: moment.time) { $0.take(outcome) }
        case .lifecycle(.stage(let stage)):
            touch(stage.intent, flow: stage.flow, at: moment.time) { $0.stage = stage }
        case .lifecycle(.configurationPending(let pending)):
            configurationPending = Received(pending, at: moment.time)
        }
    }

    /// Changes the entry of an intent, made when there is none yet, and puts it at the end.
    private mutating func touch(
        _ intent: String, flow: String, at time: UnixTime, _ change: (inout Entry) -> Void
    ) {
        var entry = Entry(intent: intent, flow: flow, outcome: nil, lateOutcomes: 0, stage: nil, lastAt: time)
        if let index = entries.firstIndex(where: { $0.intent == intent }) {
            entry = entries.remove(at: index)
        } else if entries.count == Self.maximumIntents {
            entries.removeFirst()
        }
        entry.lastAt = time
        change(&entry)
        entries.append(entry)
    }
}

extension IntentLedger.Entry {
    /// Takes an outcome in: the first final one stays, and none leads back to an earlier one.
    fileprivate mutating func take(_ outcome: IntentOutcome) {
        if let known = self.outcome, known.outcome.rank > outcome.outcome.rank || known.outcome.isFinal {
            lateOutcomes += 1
        } else {
            self.outcome = outcome
            flow = outcome.flow
        }
    }
}

extension IntentOutcome.Word {
    /// How far an intent came; a device may replay an earlier word from its outbox.
    fileprivate var rank: Int {
        switch self {
        case .accepted: 0
        case .applied: 1
        case .rejected, .persisted, .failed, .expired: 2
        }
    }
}
