import TwinCore
import TwinRuntime

/// What is told of a feed.
struct FeedStanding: Sendable {
    /// Why it does not get on; `nil` while it does.
    var trouble: String? = "not begun yet"
    /// Why nobody is told of what comes; `nil` while they are.
    var silence: String?
    /// How much waits in the journal.
    var backlog = FeedBacklog(rows: 0, oldest: nil)
    /// The last sequence number that PostgreSQL holds.
    var through: UInt64 = 0
    /// How many facts and samples this run has fed.
    var fed: UInt64 = 0

    /// How many values that were computed again wait.
    var corrections = 0
    /// How many rows are gone for good because PostgreSQL went back; durable.
    var lost = 0
    /// How many rows somebody had it go past; durable.
    var skipped = 0
    /// Why commands and twins, or values that were computed again, do not get on although rows do; `nil` while they do.
    var recordsWait: String?
    var correctionsWait: String?
    /// What did not fit together; `nil` when everything did.
    var mismatch: (text: String, isOverAt: UInt64)?

    /// The feed as the supervisor shows it.
    func vitals(at now: UnixTime) -> PartVitals {
        let age = backlog.oldest.map { max(0, now.milliseconds - $0.milliseconds) } ?? 0
        let waiting = backlog.rows == 0 ? "nothing waits" : "\(backlog.rows) rows wait, the oldest for \(age / 1_000) s"
        let past = mismatch.flatMap { through < $0.isOverAt ? $0.text : nil }
        let wrong = [trouble ?? silence, past, recordsWait, correctionsWait].compactMap { $0 }
        let notes = [
            corrections > 0 ? "; \(corrections) values computed again wait" : "",
            lost > 0 ? "; up to \(lost) rows are in no store since PostgreSQL went back" : "",
            skipped > 0 ? "; \(skipped) rows were skipped by hand, see the table skipped_rows" : "",
        ]
        return PartVitals(
            health: "fed \(fed) rows, up to \(through); \(waiting)" + notes.joined(),
            wrong.isEmpty ? .ok : .degraded((wrong + [waiting]).joined(separator: "; ")), backlog: backlog.rows,
            oldestBacklogMilliseconds: age)
    }
}

/// What was made of the rows behind a checkpoint.
struct FeedReadiness: Sendable {
    /// `nil` when there is nothing to bring.
    let shipment: FeedShipment?
    /// The sensors known by now.
    let sensors: FeedSensors
    /// Why the next record cannot be read; `nil` when nothing is wrong.
    let obstacle: String?
}

/// How far a feed believes to be, and what it has ready.
struct FeedCourse {
    /// The most facts and samples of a batch.
    let batchRows: Int
    /// How many are taken at once at present: fewer after a refusal, so that one bad row holds up few others.
    private(set) var limit: Int
    /// The journal in PostgreSQL; `nil` until it was asked, and after a failure.
    var journal: JournalLine?
    /// What PostgreSQL holds, as far as it was asked.
    var checkpoint = FeedCheckpoint()
    /// Whether it was.
    var hasBegun = false
    /// The sensors known so far.
    var sensors = FeedSensors()
    /// What listeners know.
    var listeners: FeedListeners
    /// Whether the next transaction goes through staging tables.
    var isStaged = false
    /// The UTC days that have partitions, in days since 1970.
    var days: Set<Int64> = []
    /// The next shipment, being made while one is on its way.
    var next: Task<FeedReadiness, any Error>?
    /// When values that were computed again were last looked for.
    var correctedAt: Uptime?
    /// When the books were last kept, and what was written into them.
    var booksKeptAt: Uptime?
    var noted: FeedCheckpoint?

    init(batchRows: Int, listeners: FeedListeners) {
        self.batchRows = batchRows
        self.listeners = listeners
        limit = batchRows
    }

    /// Something went wrong: nothing that was believed is believed any more.
    ///
    /// - Returns: Whether it is worth while to try again at once: with another checkpoint or fewer rows.
    mutating func failed(_ error: any Error) -> Bool {
        dropNext()
        journal = nil
        days = []
        sensors = FeedSensors()
        if let failure = error as? PostgresFailure {
            guard failure.kind == .refused, !failure.isRetriable else { return false }
            if failure.sqlState == FeedStatements.movedState { return true }
        } else if !(error is JournalFailure) {
            return false
        }
        guard limit > 1 else { return false }
        limit /= 2
        return true
    }

    /// A shipment arrived.
    mutating func arrived() {
        isStaged = false
        limit = min(batchRows, limit * 2)
    }

    /// Gives up what is ready.
    mutating func dropNext() {
        next?.cancel()
        next = nil
    }
}
