import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

/// Prints rates, and asserts only that the work was done.
///
/// Rates mean something in a release build alone; a debug build does a fiftieth of the work.
@Suite(.serialized) struct ThroughputTests {
    let folder = JournalFolder()
    private static let share = _isDebugAssertConfiguration() ? 50 : 1

    @Test(arguments: [1, 1_000, 10_000]) func aMillionSamplesInBatchesOfAThousand(_ devices: Int) async throws {
        let clock = ContinuousClock()
        var spent = Duration.zero
        var slowest = Duration.zero
        var stored = 0
        try await folder.withJournal { journal in
            for batch in 0..<1_000 / Self.share {
                let facts = (0..<1_000).map { index in
                    let number = batch * 1_000 + index
                    return Fact.sampled(
                        .at(Int64(number), raw: Double(number % 4096), digest: UInt64(number) &* 0x9E37_79B9_7F4A_7C15),
                        of: .number(number % devices))
                }
                let one = Batch(from: UInt64(batch) * 1_000 + 1, facts)
                let duration = try await clock.measure { stored += try await journal.commit(one).storedSamples }
                spent += duration
                slowest = max(slowest, duration)
            }
            let query = SampleQuery(
                device: .number(0), gpio: SensorKey.ph.gpio, type: nil, from: nil, to: nil, limit: 100)
            var newest: [Sample] = []
            let read = try await clock.measure { newest = try await journal.plainSamples(query) }
            let total = 1_000_000 / Self.share
            #expect(stored == total)
            #expect(newest.count == min(100, total / devices))
            let rate = Int(1_000_000 / Double(Self.share) / (spent / .seconds(1)))
            print(
                "journal: \(devices) devices: \(rate) samples/s,",
                "slowest commit \(slowest), newest 100 of one sensor \(read)")
        }
    }

    @Test func theRecoveryOfTenThousandDevices() async throws {
        let count = 10_000 / Self.share
        try await folder.withJournal { journal in
            _ = try journal.recover()
            for start in stride(from: 0, to: count, by: 200) {
                let devices = (start..<start + 200).map { DeviceID.number($0) }
                try await journal.commit(
                    Batch(
                        from: UInt64(start) * 2 + 1,
                        devices.flatMap { [Fact.happened(.cameOnline, to: $0), .happened(.willErased, to: $0)] },
                        snapshots: devices.map { .example($0) }))
            }
            let tail = (0..<10 * count).map { Fact.sampled(.at(Int64($0)), of: .number($0 % count)) }
            try await journal.commit(Batch(from: UInt64(count) * 2 + 1, tail))
        }
        let clock = ContinuousClock()
        let opening = clock.now
        try await folder.withJournal { journal in
            let opened = clock.now
            let recovery = try journal.recover()
            print(
                "journal: opened in \(opened - opening), recovered \(count) devices, \(10 * count) samples",
                "in \(clock.now - opened)")
            #expect(recovery.snapshots.count == count && recovery.facts.count == 10 * count)
        }
    }
}
