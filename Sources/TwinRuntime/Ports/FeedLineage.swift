/// What a journal and another store know of each other, for when one of them was put back to an older state.
public protocol FeedLineage: Sendable {
    /// How far the journal reaches, and how far it was told that it is fed.
    func reach() async throws -> FeedReach
    /// Goes on under a new name, as a restored journal does: what lies behind `shared` is not what the other store has.
    func branchOff(behind shared: FeedCheckpoint) async throws
    /// The other store went back to this checkpoint: what lies behind it waits once more, and so does everything before
    /// it that was ever computed again.
    ///
    /// - Returns: How many rows are gone because they were removed here, at most; counted in ``FeedReach/lost``, too.
    func feedAgain(behind checkpoint: FeedCheckpoint) async throws -> Int
}

/// How far a journal reaches, and what waits or is gone of it.
public struct FeedReach: Sendable, Equatable {
    /// The last number that it ever gave to a row and to a change of a record.
    public var last: FeedCheckpoint
    /// What it was told that the other store holds.
    public var noted: FeedCheckpoint
    /// How many values that were computed again wait, as far as they were counted.
    public var corrections: Int
    /// How many rows are in no store, at most, because the other one went back after they were removed here.
    public var lost: Int

    /// The most corrections that are counted.
    public static let maximumCorrections = 100_000

    /// Puts a reach together.
    public init(last: FeedCheckpoint, noted: FeedCheckpoint, corrections: Int = 0, lost: Int = 0) {
        self.last = last
        self.noted = noted
        self.corrections = corrections
        self.lost = lost
    }
}
