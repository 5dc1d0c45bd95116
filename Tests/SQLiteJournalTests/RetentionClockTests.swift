import GRDB
import Logging
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

/// What one run of Doppel sees of the clock, and what the next one makes of it.
@Suite struct RetentionClockTests {
    let folder = JournalFolder()
    private static let day: Int64 = 86_400_000
    private static let hour: Int64 = 3_600_000

    @Test func aClockThatWasWrongAtTheStartMakesNothingOld() async throws {
        let far = 2_000 * Self.day
        var doubts: [Bool] = []
        for time in [0, far, far + Self.hour, 2 * Self.hour, 20 * Self.hour] {
            let doubt = try await folder.withJournal { try await $0.noteSweep(at: .at(time)) }
            doubts.append(doubt != nil)
        }
        #expect(doubts == [false, true, true, true, true])
        // What a wrong clock has put ahead comes back with the first look that is believed.
        let ahead = UnixTime.at(far).milliseconds
        try folder.write { try $0.execute(sql: "UPDATE marks SET value = \(ahead) WHERE name LIKE 're%_from_ms'") }
        let now = UnixTime.at(28 * Self.hour)
        let trusted = try await folder.withJournal { try await $0.noteSweep(at: now) }
        #expect(trusted == nil)
        let mark = try folder.write { try Schema.mark(Schema.Mark.readingsFrom, $0) }
        #expect(mark == now.milliseconds)
    }

    @Test(arguments: [true, false]) func thePartWaitsWhereAnEarlierRunSawAnotherTime(_ sawIt: Bool) async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, [.sampled(.at(0))]))
            if sawIt { _ = try await journal.noteSweep(at: .at(0)) }
        }
        try folder.write { db in
            try db.execute(
                sql: """
                    INSERT INTO history SELECT sensor_id, event_ms, sequence FROM readings;
                    UPDATE marks SET value = 1 WHERE name IN ('history_through', 'rolled_through');
                    UPDATE marks SET value = 2 WHERE name = 'replay_from';
                    """)
        }
        let loop = ClockedLoop(at: .at(0))
        loop.advance(100 * Self.day)
        let journal = try SQLiteJournal(directory: folder.path, loop: loop)
        var rules = RetentionRules()
        rules.readingsDays = 10
        let retention = Retention(of: journal, on: loop, rules: rules, logger: Logger(label: "test"))
        loop.run { retention.start { _ in } }
        loop.advance(Retention.firstSweepMilliseconds)
        let expected = sawIt ? "for another 2" : "removed 1 rows"
        let deadline = ContinuousClock.now + .seconds(60)
        while loop.run({ retention.vitals() }).health.contains(expected) == false, ContinuousClock.now < deadline {
            loop.advance(Retention.pauseMilliseconds)
            await Task.yield()
        }
        let health = loop.run { retention.vitals() }.health
        #expect(health.contains(expected), "\(health)")
        loop.run { retention.stop {} }
        await journal.close()
    }
}

extension SQLiteJournal {
    /// Notes a sweep, and comes back with what is said of the clock.
    fileprivate func noteSweep(at time: UnixTime) async throws -> String? {
        try await withCheckedContinuation { continuation in
            noteSweep(at: time) { continuation.resume(returning: $0) }
        }.get()
    }
}
