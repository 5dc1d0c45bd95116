import TwinCore
import TwinRuntime

/// What survives a crash: the facts that were committed, as the real journal would keep them.
final class SimulatedDisk: @unchecked Sendable {
    private(set) var facts: [(sequence: UInt64, fact: Fact)] = []
    private(set) var snapshots: [DeviceID: (snapshot: DeviceSnapshot, lastSequence: UInt64)] = [:]
    private(set) var commands: [CommandID: CommandRecord] = [:]
    private(set) var digests: Set<UInt64> = []
    private(set) var sampleOrder: [UInt64] = []
    private(set) var refusedPayloads: Set<[UInt8]> = []
    /// When each accepted command was accepted, on its run's own clock.
    private(set) var acceptedCommands: [CommandID: Uptime] = [:]
    private(set) var lastSequence: UInt64 = 0
    /// How many samples were committed that had been committed before; the runtime's filter should leave none.
    private(set) var duplicateSamples = 0
    /// Whether it is full.
    var isFull = false
    /// Whether commits take seconds.
    var isSlow = false
    /// How many commits succeed before one fails; `nil` for all.
    var failsAfter: Int64?
    /// Whether it is sabotaged so that a crash takes the latest facts with it.
    var isForgetful = false

    /// Is told of every batch that is written here.
    var written: (Batch) -> Void = { _ in }

    /// A disk of its own with the same on it, for an instance that believes it is the only one.
    func copy() -> SimulatedDisk {
        let copy = SimulatedDisk()
        copy.facts = facts
        copy.snapshots = snapshots
        copy.commands = commands
        copy.digests = digests
        copy.sampleOrder = sampleOrder
        copy.refusedPayloads = refusedPayloads
        copy.acceptedCommands = acceptedCommands
        copy.lastSequence = lastSequence
        return copy
    }

    /// Whether this commit fails, by its count alone.
    func failsNow() -> Bool {
        guard let left = failsAfter else { return false }
        failsAfter = left > 1 ? left - 1 : nil
        return left <= 1
    }

    /// The runtime was killed.
    func crashed() {
        guard isForgetful, let last = facts.popLast() else { return }
        if case .sensor(_, .sampled(let sample)) = last.fact.event { digests.remove(sample.digest) }
        lastSequence -= 1
    }

    /// Takes a batch in, whole.
    func write(_ batch: Batch) -> CommitReceipt {
        written(batch)
        var receipt = CommitReceipt(storedSamples: 0, duplicateSamples: 0)
        var sequence = batch.firstSequence
        precondition(
            sequence == lastSequence + 1 || batch.facts.isEmpty,
            "a batch begins at \(sequence) although \(lastSequence) was the last")
        for fact in batch.facts {
            defer { sequence += 1 }
            if case .sensor(_, .sampled(let sample)) = fact.event {
                guard digests.insert(sample.digest).inserted else {
                    receipt.duplicateSamples += 1
                    continue
                }
                sampleOrder.append(sample.digest)
                receipt.storedSamples += 1
            }
            if case .actuator(_, .commandAccepted(let order, _, _, _)) = fact.event {
                acceptedCommands[order.id] = fact.moment.uptime
            }
            facts.append((sequence, fact))
        }
        duplicateSamples += receipt.duplicateSamples
        for snapshot in batch.snapshots { snapshots[snapshot.device.id] = (snapshot, batch.lastSequence) }
        for record in batch.commands { commands[record.order.id] = record }
        for letter in batch.deadLetters { refusedPayloads.insert(letter.payload) }
        if !batch.facts.isEmpty { lastSequence = batch.lastSequence }
        return receipt
    }

    /// Computes the stored samples of a sensor again.
    func recompute(_ query: RecomputationQuery, _ compute: (Sample) -> Sample) -> RecomputationReceipt {
        var receipt = RecomputationReceipt(examined: 0, changed: 0)
        for index in facts.indices {
            let fact = facts[index].fact
            guard fact.device == query.device, case .sensor(query.sensor, .sampled(let old)) = fact.event,
                facts[index].sequence <= query.through, old.eventTime >= query.from, old.eventTime < query.to
            else { continue }
            receipt.examined += 1
            let new = compute(old)
            guard new != old else { continue }
            receipt.changed += 1
            facts[index].fact = Fact(
                device: fact.device, moment: fact.moment, event: .sensor(query.sensor, .sampled(new)))
        }
        return receipt
    }

    /// What a start would read.
    ///
    /// - Parameter usesSnapshots: `false` replays everything from the first fact on.
    func recovery(usesSnapshots: Bool = true) -> Recovery {
        let saved = usesSnapshots ? snapshots : [:]
        let kept = facts.filter { entry in
            guard let device = entry.fact.device, let snapshot = saved[device] else { return true }
            return entry.sequence > snapshot.lastSequence
        }
        return Recovery(
            snapshots: saved.keys.sorted().compactMap { saved[$0] }, facts: kept, lastSequence: lastSequence,
            recentDigests: Array(sampleOrder.suffix(Recovery.recentDigestLimit)))
    }
}
