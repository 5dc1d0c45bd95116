import TwinCore
public import TwinRuntime

/// Has the feed of a journal go past a row that cannot be brought, because somebody says so.
///
/// Only the row that comes next can be skipped, so nothing that would get through is left out. A feed that runs finds
/// its checkpoint moved and goes on from there.
public struct FeedSkip: Sendable {
    /// What PostgreSQL holds of the journal.
    public let held: FeedCheckpoint
    private let journal: String
    private let link: PostgresLink

    /// Asks how far the feed of a journal is.
    public init(of journal: String, _ link: PostgresLink) async throws(PostgresFailure) {
        self.journal = journal
        self.link = link
        let rows = try await link.query(FeedStatements.checkpoint, [.text(journal)])
        guard rows.count == 1 else {
            throw PostgresFailure(.misused, "nothing of the journal \(journal) is there yet: its feed has not begun")
        }
        held = FeedCheckpoint(
            sequence: UInt64(max(0, try rows.wholeNumber(0, 0))), change: try rows.wholeNumber(0, 1))
    }

    /// Goes past a fact or a sample, the next one behind ``held``.
    public func skip(row number: UInt64, because reason: String, by who: String) async throws(PostgresFailure) {
        try await move(to: FeedCheckpoint(sequence: number, change: held.change), change: nil, reason, who)
    }

    /// Goes past a record, the next one behind ``held``.
    public func skip(record number: Int64, because reason: String, by who: String) async throws(PostgresFailure) {
        try await move(to: FeedCheckpoint(sequence: held.sequence, change: number), change: number, reason, who)
    }

    private func move(
        to place: FeedCheckpoint, change: Int64?, _ reason: String, _ who: String
    ) async throws(PostgresFailure) {
        let moved = try await link.query(
            FeedStatements.skip,
            [
                .text(journal), .integer(Int64(clamping: held.sequence)), .integer(Int64(clamping: place.sequence)),
                .integer(held.change), .integer(place.change), .integer(change), .text(StoredText.column(reason)),
                .text(StoredText.column(who)),
            ])
        guard moved.affected == 1 else {
            throw PostgresFailure(.misused, "the feed has gone on meanwhile; nothing was skipped. Look again")
        }
    }
}
