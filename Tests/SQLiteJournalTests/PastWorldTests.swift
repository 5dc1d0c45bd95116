import Testing
import TwinCore
import World

@testable import SQLiteJournal
@testable import TwinRuntime

/// Worlds with faults, restarts, rejections, stops and a wall clock that jumps, looked at again when they are over.
@Suite struct PastWorldTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `twins of the past are what a look at them showed then`(seed: UInt64) async throws {
        let record = WorldRecord()
        var world = WorldOptions(troubledSeconds: 200, quietSeconds: 40)
        world.record = record
        #expect(World.run(seed: seed, options: world).violations == [])
        var options = JournalOptions()
        (options.pastIntervalMilliseconds, options.pastFacts) = (30_000, 100)
        let folder = JournalFolder()
        try await folder.withJournal(options) { journal in
            for batch in record.batches { try await journal.commit(batch) }
            let past = PastViews(journal, clock: folder.loop)
            var compared = 0
            for look in record.looks where Self.lastFact(by: look.moment.time, record) == look.lastSequence {
                let query = TwinQuery(limit: TwinQuery.maximumLimit, after: nil)
                let page = try await past.twins(query, at: look.moment.time, Catalogue(sensorKinds: [], actuatorKinds: []))
                let expected = look.twins.filter { $0.device.status != .deleted }
                try #require(
                    page.items.map(\.snapshot) == expected, "seed \(seed), at \(look.moment.time.rfc3339)")
                for twin in look.twins {
                    let found = try await past.twin(twin.device.id, at: look.moment.time, Catalogue(sensorKinds: [], actuatorKinds: []))
                    try #require(found?.snapshot == twin, "seed \(seed), at \(look.moment.time.rfc3339)")
                }
                compared += 1
            }
            #expect(compared > 60, "\(compared) of \(record.looks.count) looks could be compared")
        }
    }

    /// The last fact that was received by an instant, found by looking at all.
    private static func lastFact(by time: UnixTime, _ record: WorldRecord) -> UInt64 {
        for batch in record.batches.reversed() {
            for offset in batch.facts.indices.reversed() where batch.facts[offset].moment.time <= time {
                return batch.firstSequence + UInt64(offset)
            }
        }
        return 0
    }
}
