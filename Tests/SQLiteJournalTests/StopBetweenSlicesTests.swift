import Dispatch
import GRDB
import Synchronization
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

/// A stop is on the disk behind one slice at most of whatever else is being written, however much of that there is.
@Suite struct StopBetweenSlicesTests {
    let folder = JournalFolder()
    private static let stamp = ModelStamp(version: 7, calibration: 0)

    /// What was done of each kind of work.
    private struct Done: Equatable {
        var buckets: Int
        var removed: Int
        var dropped: Int
        var recomputed: Int
        var stops: Int

        init(_ db: Database) throws {
            func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM \(sql)") ?? -1 }
            buckets = try count("rollups WHERE level = 0")
            removed =
                4_000 - (try count("readings WHERE sequence > 6000 AND sequence <= 10000 AND sequence % 100 <> 1")) - 40
            dropped = Int(try Schema.markIfSet(Schema.Mark.droppedSamples, db) ?? 0)
            recomputed = try count("readings WHERE model = 7")
            stops = try count("facts WHERE sequence = 30001")
        }
    }

    /// 30,000 readings of eight sensors with much to do: 166 minutes to be made, and all old ones to be removed.
    private func fill(_ journal: SQLiteJournal) async throws {
        for first in stride(from: UInt64(1), to: 30_001, by: 1_000) {
            let facts = (first..<first + 1_000).map { number in
                let time = Int64(number) * 1_000
                guard number % 100 != 1 else { return Fact.happened(.cameOnline, at: time) }
                return .sampled(.at(time, digest: number), of: .number(Int(number % 8)))
            }
            try await journal.commit(Batch(from: first, facts))
        }
        try await journal.writeBetweenCommits("prepare") { db in
            try db.execute(
                sql: """
                    INSERT INTO history SELECT sensor_id, event_ms, sequence FROM readings WHERE true
                        ON CONFLICT DO NOTHING;
                    INSERT INTO stale_rollups (level, sensor_id, start_ms, marks)
                        SELECT DISTINCT 0, sensor_id, event_ms - event_ms % 60000, 1 FROM readings
                        WHERE sequence > 20000;
                    UPDATE marks SET value = 30000 WHERE name IN ('history_through', 'rolled_through', 'replay_from');
                    """)
        }
    }

    /// Lines up what is done between the commits, as the parts of a running Doppel do.
    private func begin(_ journal: SQLiteJournal) async throws -> [Task<Void, any Error>] {
        let query = RecomputationQuery(
            device: .number(3), sensor: .ph, from: .at(10_001_000), to: .at(20_000_000), through: .max / 2)
        let entries = try await journal.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT sensor_id, event_ms, sequence FROM readings WHERE sequence > 6000 AND sequence <= 10000
                    """
            ).map { HistoryBacklog.Entry(sensor: $0[0], event: $0[1], sequence: $0[2]) }
        }
        let others = [
            Task { _ = try await journal.dropOldest(4_000) },
            Task {
                _ = try await journal.recompute(query) { sample in
                    var sample = sample
                    sample.model = Self.stamp
                    return sample
                }
            },
            Task {
                var removal = Removal([.readings(entries.map(\.sequence)[...]), .history(entries[...])])
                while !removal.isDone {
                    let rest = removal
                    removal = try await withCheckedContinuation { continuation in
                        journal.proceed(rest, rows: RemovalPace.mostRows) { continuation.resume(returning: $0) }
                    }.get().removal
                }
            },
        ]
        let rolled = AsyncThrowingStream<Void, any Error>.makeStream()
        await withCheckedContinuation { continuation in
            let first = Mutex<CheckedContinuation<Void, Never>?>(continuation)
            journal.rollupQueue.async {
                let round = Result {
                    try journal.roll(at: .at(30_001_000)) {
                        // The first slice is ready, and lines up.
                        first.withLock { $0.take() }?.resume()
                        return true
                    }
                }
                rolled.continuation.finish(throwing: round.failure)
            }
        }
        return others + [Task { for try await _ in rolled.stream {} }]
    }

    @Test func aStopsCommitWaitsForOneSliceOfEachAtMost() async throws {
        var options = JournalOptions()
        options.isFed = true
        try await folder.withJournal(options) { journal in
            try await fill(journal)
            let before = try await journal.read { try Done($0) }
            #expect(before.buckets == 0 && before.removed == 0 && before.dropped == 0 && before.recomputed == 0)
            // A disk that is slow just now: all that comes lines up.
            let release = DispatchSemaphore(value: 0)
            await withCheckedContinuation { continuation in
                journal.queue.async {
                    continuation.resume()
                    release.wait()
                }
            }
            let work = try await begin(journal)
            let seen = try await withCheckedThrowingContinuation { continuation in
                journal.commit(Batch(from: 30_001, [.site(.stopLatched(EveryEvent.incident), at: 30_001_000)])) { _ in }
                // Directly behind the stop, before anything else can come.
                journal.queue.async { continuation.resume(with: Result { try journal.write { try Done($0) } }) }
                release.signal()
            }
            #expect(seen.stops == 1)
            #expect(seen.buckets <= RollupRound.bucketsPerSlice, "\(seen)")
            #expect(seen.removed <= RemovalPace.mostRows, "\(seen)")
            #expect(seen.dropped <= DroppedSlice.maximumRows, "\(seen)")
            #expect(seen.recomputed <= Recomputation.rowsPerTransaction, "\(seen)")
            // There was much more to do of each, and it is done now.
            for task in work { try await task.value }
            let done = try await journal.read { try Done($0) }
            #expect(done.buckets > 10 * RollupRound.bucketsPerSlice, "\(done)")
            #expect(done.removed > 3 * RemovalPace.mostRows, "\(done)")
            #expect(done.dropped > 3 * DroppedSlice.maximumRows, "\(done)")
            #expect(done.recomputed > 2 * Recomputation.rowsPerTransaction, "\(done)")
        }
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}
