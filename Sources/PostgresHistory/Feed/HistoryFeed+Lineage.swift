import Logging
import TwinRuntime

extension HistoryFeed {
    /// Sees to it that the journal and what PostgreSQL holds of it belong together, before anything is fed or noted.
    ///
    /// - Parameters:
    ///   - held: How far PostgreSQL is.
    ///   - seal: The seal of the last row that it holds.
    ///   - noted: What the journal had been told before that was asked.
    ///   - id: The journal's name.
    /// - Returns: Whether they do; if not, the journal has another name now.
    func reconcile(
        _ held: FeedCheckpoint, seal: Int64?, noted: FeedCheckpoint, _ id: String
    ) async throws -> Bool {
        let reach = FeedReach(last: try await source.reach().last, noted: noted)
        switch FeedComparison(held: held, seal: seal, reach, own: await ownSeal(at: held.sequence)) {
        case .same: return true
        case .storeWentBack:
            let lost = try await source.feedAgain(behind: held)
            let text = "PostgreSQL went back from row \(reach.noted.sequence) to \(held.sequence)"
            logger.error(
                "feed.store-went-back",
                metadata: [
                    "from": "\(reach.noted.sequence)", "to": "\(held.sequence)", "lost_at_most": "\(lost)",
                    "reason": """
                    \(text): it was restored, replaced, or a replica took over. What is still here is fed again; \
                    up to \(lost) rows that were removed here are in no store. Bring them back from a backup of \
                    the database if there is one.
                    """,
                ])
            let told = "\(text); what is here is fed again, \(lost) rows at most are gone"
            note { $0.mismatch = (told, reach.noted.sequence) }
            return true
        case .journalWentBack:
            let shared = FeedCheckpoint(sequence: min(reach.noted.sequence, held.sequence))
            try await source.branchOff(behind: shared)
            logger.error(
                "feed.journal-went-back",
                metadata: [
                    "journal": "\(id)", "holds": "\(reach.last.sequence)", "postgresql": "\(held.sequence)",
                    "shared": "\(shared.sequence)",
                    "reason": """
                    the data directory is an older state or a copy of the one that was fed: PostgreSQL holds \
                    \(held.sequence) rows of journal \(id) and its last one is not here. Nothing is lost: the \
                    journal goes on under a new name behind row \(shared.sequence), and what PostgreSQL has of \
                    the other stays there. If two Doppels run on copies of one directory, stop one of them.
                    """,
                ])
            let told = "the data directory is an older state of the one that was fed; it goes on under a new name"
            note { $0.mismatch = (told, reach.last.sequence) }
            return false
        }
    }

    /// The seal of the journal's row with a number; `nil` where it has none, or none that can be read.
    private func ownSeal(at sequence: UInt64) async -> Int64? {
        guard sequence > 0 else { return nil }
        let before = FeedCheckpoint(sequence: sequence - 1, change: .max)
        return (try? await source.rows(after: before, limit: 1)).flatMap { FeedSeal.of($0, at: sequence) }
    }
}
