import TwinCore
import TwinRuntime

/// The journal of one run, writing to a disk that outlives it.
///
/// A commit takes a while; a crash in between leaves it done or not done, never half done.
final class SimulatedJournal: Journal, @unchecked Sendable {
    private var disk: SimulatedDisk
    private let time: VirtualTime
    private var randomness: Randomness
    private let usesSnapshots: Bool
    private let isLying: Bool
    private var isAlive = true
    private var pending: Batch?
    /// Is told of each point at which the process may die; says whether it died.
    var reached: (Fault) -> Bool = { _ in false }

    init(
        _ disk: SimulatedDisk, _ time: VirtualTime, _ randomness: Randomness, usesSnapshots: Bool = true,
        isLying: Bool = false
    ) {
        self.isLying = isLying
        self.disk = disk
        self.time = time
        self.randomness = randomness
        self.usesSnapshots = usesSnapshots
    }

    func recover() throws -> Recovery { disk.recovery(usesSnapshots: usesSnapshots) }

    func commit(_ batch: Batch, _ completion: @escaping @Sendable (Result<CommitReceipt, JournalFailure>) -> Void) {
        guard isAlive else { return }
        precondition(pending == nil, "a commit was begun before the one before had ended")
        pending = batch
        if isLying { return lie(about: batch, completion) }
        time.after(time.chance(disk.isSlow ? 1_000...5_000 : 1...20, &randomness)) {
            guard self.isAlive, let batch = self.pending else { return }
            self.pending = nil
            if self.disk.isFull { return completion(.failure(JournalFailure("the simulated disk is full"))) }
            if self.disk.failsNow() { return completion(.failure(JournalFailure("the simulated disk hiccuped"))) }
            if self.reached(.crashBeforeCommit) { return }
            let receipt = self.disk.write(batch)
            if self.reached(.crashAtCommit) { return }
            completion(.success(receipt))
            _ = self.reached(.crashAfterCommit)
        }
    }

    /// From here on the run writes to a disk of its own.
    func move(to disk: SimulatedDisk) { self.disk = disk }

    /// A sabotaged journal says "durable" first and writes when it pleases.
    private func lie(
        about batch: Batch, _ completion: @escaping @Sendable (Result<CommitReceipt, JournalFailure>) -> Void
    ) {
        time.after(1) {
            guard self.isAlive else { return }
            self.pending = nil
            completion(.success(CommitReceipt(storedSamples: 0, duplicateSamples: 0)))
            if self.isAlive, !self.disk.isFull { _ = self.disk.write(batch) }
        }
    }

    func recompute(
        _ query: RecomputationQuery, _ compute: @escaping @Sendable (Sample) -> Sample,
        _ completion: @escaping @Sendable (Result<RecomputationReceipt, JournalFailure>) -> Void
    ) {
        time.after(1) {
            guard self.isAlive else { return }
            completion(.success(self.disk.recompute(query, compute)))
        }
    }

    func close(_ completion: @escaping @Sendable () -> Void) { time.after(1, completion) }

    /// Ends the run; a commit under way has reached the disk or has not.
    func kill() {
        guard isAlive else { return }
        isAlive = false
        if let pending, !disk.isFull, randomness.happens(onceIn: 2) { _ = disk.write(pending) }
    }
}
