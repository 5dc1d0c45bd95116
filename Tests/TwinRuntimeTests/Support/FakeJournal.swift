import TwinCore
import TwinRuntime

@testable import World

/// A journal on a simulated disk that commits, waits or fails as the test says.
final class FakeJournal: Journal, @unchecked Sendable {
    /// What a commit comes to.
    enum Mode {
        /// It succeeds in the next turn.
        case prompt
        /// It waits until the test releases it.
        case held
        /// It fails in the next turn.
        case failing
        /// It fails in the next turn, but for what holds a stop: there is room for that alone.
        case full
    }

    private let loop: any Loop
    /// What survives.
    let disk: SimulatedDisk
    var mode = Mode.prompt
    /// The batches that were committed.
    private(set) var committed: [Batch] = []
    private(set) var isClosed = false
    private var waiting: (batch: Batch, completion: @Sendable (Result<CommitReceipt, JournalFailure>) -> Void)?

    init(_ loop: any Loop, _ disk: SimulatedDisk) {
        self.loop = loop
        self.disk = disk
    }

    /// Whether a commit waits for the test.
    var isHolding: Bool { waiting != nil }

    func recover() throws -> Recovery { disk.recovery() }

    func commit(_ batch: Batch, _ completion: @escaping @Sendable (Result<CommitReceipt, JournalFailure>) -> Void) {
        precondition(waiting == nil, "a commit was begun before the one before had ended")
        waiting = (batch, completion)
        switch mode {
        case .prompt: loop.post { self.release() }
        case .held: break
        case .failing: loop.post { self.fail() }
        case .full: loop.post { batch.holdsStop ? self.release() : self.fail() }
        }
    }

    func recompute(
        _ query: RecomputationQuery, _ compute: @escaping @Sendable (Sample) -> Sample,
        _ completion: @escaping @Sendable (Result<RecomputationReceipt, JournalFailure>) -> Void
    ) {
        loop.post { completion(.success(self.disk.recompute(query, compute))) }
    }

    func close(_ completion: @escaping @Sendable () -> Void) {
        isClosed = true
        loop.post(completion)
    }

    /// Lets the commit that waits succeed.
    func release() {
        guard let (batch, completion) = waiting else { return }
        waiting = nil
        committed.append(batch)
        completion(.success(disk.write(batch)))
    }

    /// Lets the commit that waits fail.
    func fail() {
        guard let (_, completion) = waiting else { return }
        waiting = nil
        completion(.failure(JournalFailure("the disk is full")))
    }
}
