import DequeModule
import Logging
import TwinCore

extension Runtime {
    /// How many twins are snapshot with one commit at most; a snapshot costs about as much as a hundred samples.
    static let snapshotsPerCommit = 32
    /// How long until a commit is repeated that failed so often: 100 ms, doubled up to 5 s.
    static func commitRetryMilliseconds(_ failures: Int) -> Int64 { min(5_000, 50 << Int64(min(failures, 10))) }

    /// Commits the open turn unless a commit is under way; then it waits for that one.
    func commitIfIdle() {
        guard !open.isEmpty else { return }
        if open.filledAt == nil { open.filledAt = loop.moment.uptime }
        guard standing == .idle else { return }
        closeTurn()
        commit()
    }

    /// Commits the snapshots that are due although nothing else happened.
    func commitSnapshots() {
        closeTurn()
        commit()
    }

    /// Closes the open turn, adding the snapshots that are due.
    private func closeTurn() {
        addSnapshots()
        var closed = open
        open = OpenTurn(after: open.batch.lastSequence)
        closed.filledAt = closed.filledAt ?? loop.moment.uptime
        closed.batch.commands = latestRecords(closed.batch.commands)
        closing = closed
    }

    private func addSnapshots() {
        for twin in snapshotsAsked {
            if let snapshot = twin.assumeIsolated({ $0.takeSnapshot() }) { open.batch.snapshots.append(snapshot) }
        }
        snapshotsAsked.removeAll()
        guard phase == .draining || !isProvingStop else { return }
        let due = loop.moment.uptime.advanced(byMilliseconds: -options.checkpointMilliseconds)
        var budget = phase == .draining ? unsaved.count : Self.snapshotsPerCommit
        while budget > 0, let twin = unsaved.first {
            let isDue = twin.assumeIsolated { ($0.unsavedSince ?? due) <= due }
            guard isDue || phase == .draining else { return }
            unsaved.removeFirst()
            unsavedIDs.remove(twin.id)
            budget -= 1
            if let snapshot = twin.assumeIsolated({ $0.takeSnapshot() }) { open.batch.snapshots.append(snapshot) }
        }
    }

    /// Whether devices are answering an emergency stop: the disk is theirs then, and snapshots, which only make the next
    /// start faster, wait.
    var isProvingStop: Bool {
        guard let begun = timings.begun.last?.at else { return false }
        return loop.moment.uptime.milliseconds(since: begun) < Self.escalationMilliseconds
    }

    /// Whether a stop is latched that the journal has not taken yet.
    var isStopUnstored: Bool { open.batch.holdsStop || closing?.batch.holdsStop == true }

    /// One record for each command: the latest.
    private func latestRecords(_ records: [CommandRecord]) -> [CommandRecord] {
        guard records.count > 1 else { return records }
        var seen: Set<CommandID> = []
        return Array(records.reversed().filter { seen.insert($0.order.id).inserted }.reversed())
    }

    private func commit() {
        // Facts become durable in their order, so what is in front of a stop is as urgent.
        if open.batch.holdsStop { closing?.batch.holdsStop = true }
        guard let closing else { return }
        standing = .committing(failures: standing.failures)
        self.closing?.attemptedAt = loop.moment.uptime
        guard !closing.batch.isEmpty else { return committed(CommitReceipt(storedSamples: 0, duplicateSamples: 0)) }
        journal.commit(closing.batch) { result in
            self.assumeIsolated { runtime in
                switch result {
                case .success(let receipt): runtime.committed(receipt)
                case .failure(let failure): runtime.failed(failure)
                }
            }
        }
    }

    /// Everything of the closed turn is durable: it leaves.
    private func committed(_ receipt: CommitReceipt) {
        guard let closed = closing else { preconditionFailure("a commit ended that was not begun: \(standing)") }
        if standing.failures > 0 { logger.notice("The journal takes facts again.") }
        closing = nil
        standing = .idle
        counters.commits += 1
        counters.facts += closed.batch.facts.count
        counters.storedSamples += receipt.storedSamples
        counters.journalDuplicates += receipt.duplicateSamples
        // An acknowledgement covers everything handed over; what came meanwhile has its own commit to wait for.
        if closed.owesAcknowledgement, !open.owesAcknowledgement { broker.acknowledge() }
        for request in closed.requests { release(request, receivedAt: closed.receivedAt) }
        for record in closed.batch.commands { remember(record) }
        for waiter in closed.waiters { waiter(.success(())) }
        tellOperationWaiters(closed.batch.facts)
        hub.publish(closed.batch.facts)
        commitIfIdle()
    }

    /// The closed turn stays, and is committed again; what must not leave late is given up.
    private func failed(_ failure: JournalFailure) {
        guard var closed = closing else { preconditionFailure("a commit failed that was not begun: \(standing)") }
        let failures = standing.failures + 1
        standing = .failing(failure.description, failures: failures)
        counters.failedCommits += 1
        if failures == 1 {
            logger.error(
                "The journal takes no facts: energising is refused, switching off goes on, the broker keeps its messages.",
                metadata: ["reason": "\(failure.description)"])
        }
        let waiters = closed.waiters + open.waiters
        let refused = (closed.requests + open.requests).filter(\.needsItsCommit)
        closed.waiters = []
        open.waiters = []
        closed.requests.removeAll(where: \.needsItsCommit)
        open.requests.removeAll(where: \.needsItsCommit)
        closing = closed
        let reason = "the journal did not take it: \(failure.description)"
        for request in refused {
            if case .operate(let address, let operation) = request { fail(operation, of: address.device, reason) }
            giveUp(request, .failed(reason))
        }
        for waiter in waiters { waiter(.failure(failure)) }
        _ = loop.schedule(afterMilliseconds: Self.commitRetryMilliseconds(failures)) {
            self.assumeIsolated { $0.commit() }
        }
    }
}
