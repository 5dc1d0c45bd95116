/// How much room the rows may take that wait for another store, and what follows when they take more.
///
/// A value without a clock: a list of measures always leads to the same steps. What begins beyond the budget ends below
/// four fifths of it, so that it does not begin and end with every measure.
public struct HistoryBudget: Sendable, Equatable {
    /// What an operator wants beyond the budget.
    public enum Choice: String, Sendable, CaseIterable {
        /// Readings stay at the broker until there is room.
        case hold
        /// The oldest readings that wait are removed.
        case dropOldest = "drop_oldest"
    }

    /// What follows from a measure.
    public enum Step: Sendable, Equatable {
        /// Nothing.
        case nothing
        /// The budget was passed just now.
        case began
        /// There is room again since just now.
        case ended
    }

    /// Below which share of the budget there is room again, in percent.
    public static let roomPercent = 80

    /// How much room what waits may take, in bytes.
    public let bytes: Int
    /// What follows when it takes more.
    public let choice: Choice
    /// Whether it takes more, or has and there is no room again yet.
    public private(set) var isOver = false
    /// The last measure.
    public private(set) var waiting: WaitingRows?

    /// Starts with room.
    public init(bytes: Int, choice: Choice) {
        precondition(bytes > 0, "a budget of \(bytes) bytes holds nothing")
        self.bytes = bytes
        self.choice = choice
    }

    /// Takes a measure in.
    public mutating func measured(_ waiting: WaitingRows) -> Step {
        self.waiting = waiting
        switch isOver {
        case false where waiting.bytes > bytes:
            isOver = true
            return .began
        case true where waiting.bytes <= bytes / 100 * Self.roomPercent:
            isOver = false
            return .ended
        case false, true: return .nothing
        }
    }

    /// Whether readings have to stay at the broker.
    public var holds: Bool { isOver && choice == .hold }

    /// How many of the oldest rows have to go to keep the budget.
    public var excessRows: Int {
        guard choice == .dropOldest, let waiting, waiting.bytes > bytes, waiting.rows > 0 else { return 0 }
        let rowBytes = max(1, waiting.bytes / waiting.rows)
        return (waiting.bytes - bytes + rowBytes - 1) / rowBytes
    }
}
