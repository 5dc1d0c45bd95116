import TwinCore

/// What was decided and is not yet durable, and what waits for it to be.
///
/// The runtime fills one while the journal commits the one before.
struct OpenTurn {
    /// What becomes durable.
    var batch: Batch
    /// What leaves when it is.
    var requests: [Request] = []
    /// Who is told when it is, or when it is known that it will not be for now.
    var waiters: [@Sendable (Result<Void, JournalFailure>) -> Void] = []
    /// Whether messages of the ingest connection are acknowledged with it.
    var owesAcknowledgement = false
    /// When the first messages of the ingest connection came into it, by the loop's nanoseconds.
    var receivedAt: UInt64?

    /// Since when there is something in it; `nil` while there is nothing.
    var filledAt: Uptime?
    /// When the latest attempt to commit it began.
    var attemptedAt: Uptime?

    /// Opens a turn after the given fact.
    init(after sequence: UInt64) { batch = Batch(firstSequence: sequence + 1) }

    /// Whether there is nothing to do at its end.
    var isEmpty: Bool { batch.isEmpty && requests.isEmpty && waiters.isEmpty && !owesAcknowledgement }
}

/// How the journal fares.
enum JournalStanding: Sendable, Equatable {
    /// Nothing is under way. Next: committing.
    case idle
    /// A commit is under way, after so many failures of the same. Next: idle, failing.
    case committing(failures: Int)
    /// The latest commit failed and is repeated after a while. Next: committing.
    case failing(String, failures: Int)

    /// Whether facts become durable, as far as is known.
    var takesFacts: Bool {
        switch self {
        case .idle, .committing(failures: 0): true
        case .committing, .failing: false
        }
    }

    /// Whether nothing is under way and nothing failed.
    var isIdle: Bool { self == .idle }

    /// How often the commit that is under way has failed.
    var failures: Int {
        switch self {
        case .idle: 0
        case .committing(let failures), .failing(_, let failures): failures
        }
    }
}
