import GRDB
public import TwinCore
import TwinRuntime

/// What the next start finds in a journal that was restored or copied.
public struct StoppedStart: Sendable {
    /// The emergency stop that was latched.
    public var stop: Incident
    /// The emergency stops that held before and hold still.
    public var earlierStops: [Incident]
    /// How many devices are known.
    public var devices: Int
    /// The devices that were sent an emergency token, or say that they hold one.
    public var tokenHolders: [DeviceID]

    /// Brings a journal that no Doppel uses to this version's schema, and latches a stop of everything in it.
    ///
    /// The stop is committed through the same writer as any fact, so seals and the chain of safety records hold.
    static func latch(
        in folder: String, loop: any Loop, _ name: IncidentID, because reason: String, by who: String,
        options: JournalOptions = JournalOptions()
    ) async throws -> Self {
        var options = options
        // The folder is on its way; the one that it becomes part of has its own.
        options.reserveBytes = 0
        let journal = try SQLiteJournal(directory: folder, loop: loop, options: options)
        let recovery = try journal.recover()
        var latch = Latch()
        for case .site(let event) in recovery.facts.map(\.fact.event) { latch.apply(event) }
        let now = loop.moment.time
        let stop = Incident(
            id: name, scope: .all, reason: reason, issuedBy: who, issuedAt: now, generation: latch.generation + 1)
        let earlier = latch.incidents.filter { $0.scope != .all }
        var batch = Batch(firstSequence: recovery.lastSequence + 1)
        batch.facts = [
            Fact(
                device: nil, moment: Moment(time: now, uptime: Uptime(milliseconds: 0)),
                event: .site(.stopLatched(stop)))
        ]
        let result = await withCheckedContinuation { continuation in
            journal.commit(batch) { continuation.resume(returning: $0) }
        }
        await withCheckedContinuation { continuation in journal.close { continuation.resume() } }
        _ = try result.get()
        let devices = Set(recovery.snapshots.map(\.snapshot.device.id)).union(recovery.facts.compactMap(\.fact.device))
        return Self(
            stop: stop, earlierStops: earlier, devices: devices.count, tokenHolders: tokenHolders(in: recovery))
    }

    private static func tokenHolders(in recovery: Recovery) -> [DeviceID] {
        let known = recovery.snapshots.map(\.snapshot.device).filter { device in
            TokenUse.allCases.contains { !device.tokens[$0].candidates.isEmpty }
        }.map(\.id)
        let sent = recovery.facts.compactMap { fact -> DeviceID? in
            guard case .device(.token(.sent)) = fact.fact.event else { return nil }
            return fact.fact.device
        }
        return Set(known).union(sent).sorted { $0.description < $1.description }
    }
}
