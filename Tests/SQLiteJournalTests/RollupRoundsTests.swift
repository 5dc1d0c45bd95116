import Dispatch
import GRDB
import Synchronization
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

/// The part that keeps rollups current.
@Suite struct RollupRoundsTests {
    let folder = JournalFolder()
    let loop = ClockedLoop(at: .at(0))
    /// More minutes than ten slices hold.
    private static let minutes = 700

    /// Stores a reading for each of the next minutes, each on its path already.
    private func store(from first: Int, _ count: Int, in journal: SQLiteJournal) async throws {
        let facts = (first..<first + count).map { Fact.sampled(.at(Int64($0) * 60_000)) }
        try await journal.commit(Batch(from: UInt64(first + 1), facts))
        try await journal.writeBetweenCommits("settle") { db in
            try db.execute(
                sql: """
                    INSERT INTO history SELECT sensor_id, event_ms, sequence FROM readings WHERE true
                    ON CONFLICT DO NOTHING
                    """)
            try Schema.set(Schema.Mark.historyThrough, to: Int64(first + count), db)
        }
    }

    private func rolled(_ journal: SQLiteJournal) async -> Int {
        (try? await journal.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM rollups WHERE level = 0") }) ?? -1
    }

    private func start(_ rounds: RollupRounds) -> [PartEvent] {
        let told = Mutex<[PartEvent]>([])
        loop.run { rounds.start { event in told.withLock { $0.append(event) } } }
        return told.withLock { $0 }
    }

    /// Stops the part; the flag says whether it has called back.
    private func stop(_ rounds: RollupRounds) -> Flag {
        let isStopped = Flag()
        loop.run { rounds.stop { isStopped.raise() } }
        return isStopped
    }

    private final class Flag: Sendable {
        private let state = Mutex(false)
        var isRaised: Bool { state.withLock { $0 } }
        func raise() { state.withLock { $0 = true } }
    }

    /// Keeps the journal's queue busy until the result is signalled.
    private func hold(_ journal: SQLiteJournal) async -> DispatchSemaphore {
        let release = DispatchSemaphore(value: 0)
        await withCheckedContinuation { continuation in
            journal.queue.async {
                continuation.resume()
                release.wait()
            }
        }
        return release
    }

    @Test func aStartBeginsARoundAndOthersFollow() async throws {
        try await folder.withJournal { journal in
            try await store(from: 0, Self.minutes, in: journal)
            let rounds = RollupRounds(of: journal, on: loop)
            #expect(start(rounds) == [.running])
            await eventually("the first round") { await rolled(journal) == Self.minutes }
            try await store(from: Self.minutes, 3, in: journal)
            await eventually("a later round") {
                loop.advance(RollupRounds.intervalMilliseconds)
                return await rolled(journal) == Self.minutes + 3
            }
            #expect(loop.run { rounds.vitals() } == PartVitals(health: "keeps rollups", .ok))
            let isStopped = stop(rounds)
            await eventually("it ends") { isStopped.isRaised }
        }
    }

    @Test func aFailureIsShownAndDoneAgainWithTheNextRound() async throws {
        try await folder.withJournal { journal in
            try await store(from: 0, Self.minutes, in: journal)
            try journal.limitPages(1)
            let rounds = RollupRounds(of: journal, on: loop)
            _ = start(rounds)
            await eventually("it says what is wrong") { loop.run { rounds.vitals() }.condition != .ok }
            let condition = loop.run { rounds.vitals() }.condition
            #expect(condition.reason?.hasPrefix("rollups are behind, and questions about long spans") == true)
            #expect(condition.reason?.contains("disk is full") == true, "\(condition)")
            try journal.limitPages(nil)
            await eventually("the next round does it") {
                loop.advance(RollupRounds.intervalMilliseconds)
                return await rolled(journal) == Self.minutes
            }
            await eventually("it is well again") { loop.run { rounds.vitals() }.condition == .ok }
            let isStopped = stop(rounds)
            await eventually("it ends") { isStopped.isRaised }
        }
    }

    @Test func aStopEndsARoundBetweenTwoSlicesAndWaitsForTheOneUnderWay() async throws {
        try await folder.withJournal { journal in
            try await store(from: 0, Self.minutes, in: journal)
            let release = await hold(journal)
            let rounds = RollupRounds(of: journal, on: loop)
            _ = start(rounds)
            let isStopped = stop(rounds)
            loop.run {}
            #expect(!isStopped.isRaised)
            release.signal()
            await eventually("it ends") { isStopped.isRaised }
            let left = await rolled(journal)
            #expect(left <= RollupRound.bucketsPerSlice, "a round went on after the stop: \(left)")
            // Nothing is left behind that would begin another round.
            for _ in 0..<3 { loop.advance(RollupRounds.intervalMilliseconds) }
            await withCheckedContinuation { continuation in journal.rollupQueue.async { continuation.resume() } }
            #expect(await rolled(journal) == left)
        }
    }

    @Test func aRestartWhileARoundRunsGoesOnWithOneRoundAtATime() async throws {
        try await folder.withJournal { journal in
            try await store(from: 0, Self.minutes, in: journal)
            let release = await hold(journal)
            let rounds = RollupRounds(of: journal, on: loop)
            _ = start(rounds)
            let isStopped = stop(rounds)
            #expect(start(rounds) == [.running])
            release.signal()
            await eventually("the second life does it all") { await rolled(journal) == Self.minutes }
            await eventually("the first life's end is told") { isStopped.isRaised }
            // The cut-off round of the first life is no failure of the second.
            #expect(loop.run { rounds.vitals() }.condition == .ok)
            let isOver = stop(rounds)
            await eventually("it ends") { isOver.isRaised }
        }
    }
}
