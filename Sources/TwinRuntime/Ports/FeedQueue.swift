public import TwinCore

/// The journal as the queue before another store: what waits in it, and how it is made shorter.
///
/// Calls come from the loop; the work is done elsewhere; completions come back on the loop.
public protocol FeedQueue: AnyObject, Sendable {
    /// Measures what waits; the same work however much it is.
    func measureWaiting(_ completion: @escaping @Sendable (Result<WaitingRows, JournalFailure>) -> Void)

    /// Removes the oldest samples that wait, in slices between commits, and counts them durably.
    ///
    /// Facts, commands and twins stay, and so do samples that recovery reads, that no rollup holds yet, or that the
    /// broker may deliver again.
    ///
    /// - Parameters:
    ///   - count: How many at most.
    ///   - completion: Gets how many were removed: fewer than asked for when no more may be.
    func dropOldestWaiting(
        _ count: Int, _ completion: @escaping @Sendable (Result<Int, JournalFailure>) -> Void)
}

/// What waits in the journal for another store.
public struct WaitingRows: Sendable, Equatable {
    /// How many facts and samples wait, at most: duplicates that were never stored leave gaps in the count.
    public var rows: Int
    /// How much room they take, estimated, in bytes.
    public var bytes: Int
    /// When the oldest of them reached the runtime; `nil` when none waits.
    public var oldest: UnixTime?
    /// How many samples were ever removed before another store had them.
    public var dropped: Int

    /// Puts a measure together.
    public init(rows: Int, bytes: Int, oldest: UnixTime?, dropped: Int) {
        self.rows = rows
        self.bytes = bytes
        self.oldest = oldest
        self.dropped = dropped
    }
}
