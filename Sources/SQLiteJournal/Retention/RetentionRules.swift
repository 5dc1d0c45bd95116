/// How long a journal keeps what it stores.
public struct RetentionRules: Sendable, Equatable {
    /// For how many days a reading is kept after it was measured; 0 for ever.
    public var readingsDays = 365
    /// For how many days a rollup is kept after its span ended; 0 for ever.
    public var rollupsDays = 0
    /// For how many days a fact is kept that is no safety record; 0 for ever.
    public var eventsDays = 365
    /// For how many days a safety record is kept, and a command that has come to its end; 0 for ever.
    public var safetyDays = 0
    /// Whether rows are kept, however old, until another store holds them.
    public var waitsForFeed = false

    /// Takes the defaults.
    public init() {}

    /// For how many days a class is kept; `nil` for ever.
    func days(_ kind: RetentionClass) -> Int? {
        let days =
            switch kind {
            case .readings: readingsDays
            case .rollups: rollupsDays
            case .events: eventsDays
            case .safety, .commands: safetyDays
            }
        return days > 0 ? days : nil
    }
}

/// What is kept equally long.
public enum RetentionClass: String, Sendable, CaseIterable {
    case readings, rollups, events, safety, commands
}
