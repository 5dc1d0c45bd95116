import Dispatch
import GRDB
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

/// Prints what rounds cost the writer, and asserts only that the work was done.
///
/// Times mean something in a release build alone; a debug build does a tenth of the work.
@Suite(.serialized) struct RollupCostTests {
    let folder = JournalFolder()
    private static let share = _isDebugAssertConfiguration() ? 5 : 1

    @Test func threeHundredThousandReadingsOfAThousandSensors() async throws {
        let clock = ContinuousClock()
        var (commits, slices, longest, rounds) = (Duration.zero, Duration.zero, Duration.zero, Duration.zero)
        var (count, rolled) = (0, RollupReceipt())
        try await folder.withJournal { journal in
            for batch in 0..<300 / Self.share {
                let facts = (0..<1_000).map { sensor in
                    Fact.sampled(
                        .at(Int64(batch) * 1_000 + Int64(sensor), raw: Double(batch), digest: UInt64(batch)),
                        of: .number(sensor))
                }
                commits += try await clock.measure {
                    try await journal.commit(Batch(from: UInt64(batch) * 1_000 + 1, facts))
                }
                guard batch % 10 == 9 else { continue }
                let round = RollupRound(
                    pool: journal.pool, calendar: .utc, now: .at(Int64(batch) * 1_000),
                    uptimeNanoseconds: { DispatchTime.now().uptimeNanoseconds }
                ) { slice in
                    let time = try clock.measure { try journal.queue.sync { try journal.write(slice) } }
                    slices += time
                    longest = max(longest, time)
                    count += 1
                }
                rounds += try clock.measure { rolled.minutes += try round.run().minutes }
            }
            let through = try await journal.pool.read { try Schema.mark(Schema.Mark.rolledThrough, $0) }
            #expect(through >= 300_000 / Int64(Self.share) - 2 * 32_768)
        }
        let portion = Int(100 * (slices / (commits + slices)))
        print(
            "rollups: \(300_000 / Self.share) readings, \(rolled.minutes) minutes in \(count) slices:",
            "\(portion) % of the writer's time, longest slice \(longest), commits \(commits), slices \(slices),",
            "rounds \(rounds)")
    }

    @Test func aSliceEndsWhenItsTimeIsOver() async throws {
        try await folder.withJournal { journal in
            // Full chunks only are led to by the path that rounds use.
            for batch in 0..<80 {
                let facts = (0..<1_000).map { sensor in
                    Fact.sampled(
                        .at(Int64(batch) * 60_000 + Int64(sensor % 10), raw: 1, digest: UInt64(batch * 1_000 + sensor)),
                        of: .number(sensor % 10))
                }
                try await journal.commit(Batch(from: UInt64(batch) * 1_000 + 1, facts))
            }
            // Each look at the clock takes as long as a slice may.
            var (now, slices) = (UInt64(0), 0)
            let round = RollupRound(
                pool: journal.pool, calendar: .utc, now: .at(0),
                uptimeNanoseconds: {
                    now += RollupRound.sliceNanoseconds
                    return now
                }
            ) { slice in
                slices += 1
                try journal.queue.sync { try journal.write(slice) }
            }
            let receipt = try round.run()
            #expect(receipt.minutes >= 320 && slices == receipt.minutes + receipt.coarser)
            let rolled = try await journal.pool.read { try Schema.mark(Schema.Mark.rolledThrough, $0) }
            let through = try await journal.pool.read { try Schema.mark(Schema.Mark.historyThrough, $0) }
            #expect(rolled == through && rolled >= 32_768)
        }
    }
}
