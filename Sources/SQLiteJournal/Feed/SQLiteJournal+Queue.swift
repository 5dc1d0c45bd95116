import GRDB
public import TwinRuntime

/// What waits for another store: measured beside the commits, made less between them.
extension SQLiteJournal: FeedQueue {
    /// Measures what waits, and calls back on the loop.
    public func measureWaiting(_ completion: @escaping @Sendable (Result<WaitingRows, JournalFailure>) -> Void) {
        work(completion) { journal in try await journal.read { try WaitingReader.waiting($0) } }
    }

    /// Removes the oldest samples that wait, a slice with each transaction, and calls back on the loop.
    public func dropOldestWaiting(
        _ count: Int, _ completion: @escaping @Sendable (Result<Int, JournalFailure>) -> Void
    ) {
        work(completion) { journal in
            var dropped = 0
            let bound = try await journal.read { try OpenMinutes.first($0) }
            while dropped < count {
                let limit = min(count - dropped, DroppedSlice.maximumRows)
                let removed = try await journal.writeBetweenCommits("remove samples from") { db in
                    try WaitingReader.dropOldest(limit, before: bound, db)
                }
                dropped += removed
                if removed < limit { break }
            }
            return dropped
        }
    }

    private func work<Value: Sendable>(
        _ completion: @escaping @Sendable (Result<Value, JournalFailure>) -> Void,
        _ body: @escaping @Sendable (SQLiteJournal) async throws -> Value
    ) {
        Task { [self] in
            let result: Result<Value, JournalFailure>
            do {
                result = .success(try await body(self))
            } catch {
                result = .failure(JournalFailure(error, while: "see what waits in", path))
            }
            loop.post { completion(result) }
        }
    }
}
