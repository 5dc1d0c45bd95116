import Logging
import TwinCore

extension Runtime {
    /// How long an orderly end waits for outputs to be seen off, in milliseconds.
    static let drainMilliseconds: Int64 = 3_000
    /// How often an orderly end looks whether they are, in milliseconds.
    static let drainLookMilliseconds: Int64 = 20

    /// Rebuilds every twin from the journal; called once, on the loop, before ``start()``.
    ///
    /// - Throws: ``JournalFailure`` when the journal cannot be read.
    public func recover() throws {
        precondition(phase == .starting, "recovery comes before the start, not in phase \(phase)")
        let recovery = try journal.recover()
        var rebuilding = TwinRebuilding(into: directory, on: loop)
        for (snapshot, sequence) in recovery.snapshots { rebuilding.take(snapshot, lastSequence: sequence) }
        for (sequence, fact) in recovery.facts {
            if case .site(let event) = fact.event {
                latch.apply(event)
                site.apply(event)
            }
            rebuilding.take(fact, sequence: sequence)
        }
        open = OpenTurn(after: recovery.lastSequence)
        filter = DuplicateFilter(limit: Recovery.recentDigestLimit, recent: recovery.recentDigests)
    }

    /// Begins the run: every twin forgets what only the past proved, and the broker is connected.
    public func start() {
        precondition(phase == .starting, "a runtime starts once, not in phase \(phase)")
        phase = .running
        let moment = loop.moment
        note(.runStarted(number: latch.run + 1), at: moment)
        beginClaim()
        if site.catalogue != catalogue.stamp { note(.catalogueLoaded(catalogue.stamp), at: moment) }
        let surroundings = surroundings
        for twin in directory.assumeIsolated({ $0.all() }) {
            twin.assumeIsolated { $0.beginRun(at: moment) }
            take(twin.assumeIsolated { $0.settleAfterRestart(surroundings, at: moment) }, from: twin)
            hold(twin, surroundings, at: moment)
            noteUnsaved(twin)
            arm(twin)
        }
        boundWishes(at: moment)
        resumeReset()
        for incident in latch.incidents { escalateLater(incident.id) }
        broker.start(self)
        checkpointLater()
        commitIfIdle()
    }

    /// Ends the run in order: outputs to their safe state, everything durable, connections closed.
    public func end(_ completion: @escaping @Sendable () -> Void) {
        beginEnding()
        guard phase == .draining else { return completion() }
        let deadline = loop.moment.uptime.advanced(byMilliseconds: Self.drainMilliseconds)
        drain(until: deadline, completion)
    }

    /// Drives every output to its safe state and takes no more orders; ``end(_:)`` finishes what this begins.
    ///
    /// A part of its own, so that nothing that has to be waited for comes before it.
    public func beginEnding() {
        guard phase == .running else { return }
        phase = .draining
        let moment = loop.moment
        let surroundings = surroundings
        for twin in directory.assumeIsolated({ $0.all() }) {
            take(twin.assumeIsolated { $0.driveOff(.shutdown, surroundings, at: moment) }, from: twin)
            arm(twin)
        }
        commitIfIdle()
    }

    private func drain(until deadline: Uptime, _ completion: @escaping @Sendable () -> Void) {
        let isSafe = !directory.assumeIsolated { $0.all() }.contains { $0.assumeIsolated { $0.hasUnsafeOutput } }
        guard !isSafe, loop.moment.uptime < deadline, isControlConnected else {
            return finishDraining(isSafe: isSafe, completion)
        }
        _ = loop.schedule(afterMilliseconds: Self.drainLookMilliseconds) {
            self.assumeIsolated { $0.drain(until: deadline, completion) }
        }
    }

    private func finishDraining(isSafe: Bool, _ completion: @escaping @Sendable () -> Void) {
        if !isSafe {
            let outputs = directory.assumeIsolated { $0.all() }.flatMap { $0.assumeIsolated { $0.unsafeOutputs } }
            logger.warning(
                "Not every output was seen off: go and look. A device ends by itself what has a duration.",
                metadata: ["outputs": "\(outputs.prefix(50).joined(separator: ", "))"])
        }
        for kaiser in kaisersTold.sorted(by: { $0.description < $1.description }) {
            send(.tellPresence(kaiser, isOnline: false, at: loop.moment.time))
        }
        note(.runEnded, at: loop.moment)
        guard standing.takesFacts else { return close(completion) }
        // A disk that neither takes nor refuses must not keep the process from ending.
        let once = Once<Void> { self.assumeIsolated { $0.close(completion) } }
        open.waiters.append { _ in once(()) }
        _ = loop.schedule(afterMilliseconds: Self.drainMilliseconds) { once(()) }
        commitIfIdle()
    }

    private func close(_ completion: @escaping @Sendable () -> Void) {
        phase = .ended
        hub.end()
        broker.stop { self.assumeIsolated { $0.journal.close(completion) } }
    }

    /// Drops everybody who waits, as the death of the process does: for a run that ended within a process that lives on.
    package func abandon() {
        open.waiters = []
        closing?.waiters = []
        finishWaiters = [:]
        operationWaiters = [:]
    }
}
