public import TwinCore

/// A journal that was fed to PostgreSQL.
public struct FedJournal: Sendable, Equatable {
    /// Its name.
    public var id: String
    /// The last sequence number that is here.
    public var through: UInt64
    /// When it was last fed; `nil` for never.
    public var lastFed: UnixTime?
    /// The journal that it was a backup of, and up to where both are the same; `nil` for none.
    public var former: (id: String, shared: UInt64)?

    /// All journals, the one that was fed last first.
    public static func all(_ link: PostgresLink) async throws(PostgresFailure) -> [Self] {
        let rows = try await link.query(
            """
            SELECT journal_id, fed_through, last_fed_at, former_id, shared_through FROM journals
            ORDER BY last_fed_at DESC NULLS LAST, number DESC
            """)
        var journals: [Self] = []
        for row in 0..<rows.count {
            let shared = UInt64(try rows.wholeNumber(row, 4))
            journals.append(
                Self(
                    id: try rows.words(row, 0), through: UInt64(try rows.wholeNumber(row, 1)),
                    lastFed: try rows.time(row, 2), former: try rows.text(row, 3).map { ($0, shared) }))
        }
        return journals
    }

    /// Whether both are the same.
    public static func == (left: Self, right: Self) -> Bool {
        left.id == right.id && left.through == right.through && left.lastFed == right.lastFed
            && left.former?.id == right.former?.id && left.former?.shared == right.former?.shared
    }
}
