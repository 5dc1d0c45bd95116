import Logging
import TwinRuntime

/// A feed that ends: for a copy that is made once.
extension HistoryFeed {
    /// Brings everything that the journal holds, and comes back; ``start(_:)`` is not called then.
    ///
    /// The checkpoint lies with the rows, so a copy that was cut off at any moment goes on from there when it is asked
    /// for again. A row that cannot be brought ends it, with all before it brought.
    ///
    /// - Parameter tell: Told after each transaction up to which sequence number everything is there.
    @concurrent
    public func bringAll(_ tell: @Sendable (UInt64) -> Void) async throws {
        try await prepare()
        var course = FeedCourse(batchRows: batchRows, listeners: FeedListeners())
        var isBehind = true
        while isBehind {
            do {
                if course.journal == nil { try await begin(&course) }
                let before = course.checkpoint
                // A batch that is not full may be followed by records, and by samples that were computed again.
                isBehind = try await advance(&course) || course.checkpoint != before
                tell(course.checkpoint.sequence)
            } catch {
                guard course.failed(error) else { throw error }
                logger.info("feed.begins-again", metadata: ["reason": "\(error)", "rows": "\(course.limit)"])
            }
        }
        try await source.noteFed(through: course.checkpoint)
        if let reason = told.recordsWait ?? told.correctionsWait { throw JournalFailure(reason) }
    }
}
