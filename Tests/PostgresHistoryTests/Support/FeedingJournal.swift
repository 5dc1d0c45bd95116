import EventLoop
import Foundation
import PostgresHistory
import Synchronization
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

/// A journal in a folder of its own, which is removed at the end.
final class FeedingJournal: Sendable {
    let folder: String
    let journal: SQLiteJournal
    private let loop: EventLoop

    init(_ folder: String? = nil, on loop: EventLoop, interval: Int64 = 3_600_000, facts: UInt64 = 1_000) throws {
        var options = JournalOptions()
        (options.pastIntervalMilliseconds, options.pastFacts) = (interval, facts)
        self.folder = folder ?? FileManager.default.temporaryDirectory.path + "/doppel-fed-" + UUID().uuidString
        self.loop = loop
        journal = try SQLiteJournal(directory: self.folder, loop: loop, options: options)
    }

    func commit(_ batch: Batch) async throws {
        let result = await withCheckedContinuation { continuation in
            journal.commit(batch) { continuation.resume(returning: $0) }
        }
        _ = try result.get()
    }

    /// Computes all samples of a sensor again.
    func recompute(
        _ device: DeviceID, _ key: SensorKey, _ compute: @escaping @Sendable (Sample) -> Sample
    ) async throws {
        let query = RecomputationQuery(
            device: device, sensor: key, from: UnixTime(milliseconds: 0), to: UnixTime(milliseconds: 1 << 42),
            through: .max / 2)
        let result = await withCheckedContinuation { continuation in
            journal.recompute(query, compute) { continuation.resume(returning: $0) }
        }
        _ = try result.get()
    }

    /// Feeds PostgreSQL until it has everything.
    func feed(_ link: PostgresLink, batchRows: Int = 700) async throws {
        let feed = HistoryFeed(from: journal, to: link, on: loop, batchRows: batchRows)
        await loop.run { feed.start { _ in } }
        await eventually("everything is fed", within: .seconds(90)) { await self.isFed(link) }
        await withCheckedContinuation { continuation in
            loop.post { feed.stop { continuation.resume() } }
        }
    }

    private func isFed(_ link: PostgresLink) async -> Bool {
        do {
            let id = try await journal.origin().journal
            let rows = try await link.query(
                "SELECT fed_through, fed_change FROM journals WHERE journal_id = $1", [.text(id)])
            guard rows.count == 1, let sequence = try rows.integer(0, 0), let change = try rows.integer(0, 1) else {
                return false
            }
            let rest = try await journal.rows(
                after: FeedCheckpoint(sequence: UInt64(sequence), change: change), limit: 1)
            let changed = try await journal.changedReadings(limit: 1)
            return rest.isEmpty && changed.isEmpty
        } catch {
            return false
        }
    }

    func close(removing: Bool = true) async {
        await withCheckedContinuation { continuation in journal.close { continuation.resume() } }
        if removing { try? FileManager.default.removeItem(atPath: folder) }
    }
}

/// A loop whose clock stands still.
final class StillLoop: Loop {
    let moment: Moment
    private let loop: EventLoop

    init(_ loop: EventLoop, at moment: Moment) {
        self.loop = loop
        self.moment = moment
    }

    var uptimeNanoseconds: UInt64 { loop.uptimeNanoseconds }
    func post(_ job: @escaping @Sendable () -> Void) { loop.post(job) }
    func schedule(at deadline: Uptime, _ job: @escaping @Sendable () -> Void) -> any LoopTimer {
        loop.schedule(at: deadline, job)
    }
    func enqueue(_ job: consuming ExecutorJob) { loop.enqueue(job) }
}
