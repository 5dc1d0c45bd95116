import EventLoop
import Foundation
import PostgresCluster
import Testing
import TwinCore
import World

@testable import PostgresHistory
@testable import SQLiteJournal
@testable import TwinRuntime

/// Worlds with faults, restarts, stops and a wall clock that jumps, looked at again out of PostgreSQL alone.
@Suite struct `The past of a world in PostgreSQL` {
    private static let catalogue = Catalogue(sensorKinds: [], actuatorKinds: [])

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `is what a look at it showed then, also when samples were computed again`(seed: UInt64) async throws {
        let record = WorldRecord()
        var world = WorldOptions(troubledSeconds: 200, quietSeconds: 40)
        world.record = record
        #expect(World.run(seed: seed, options: world).violations == [])
        try await withDatabase { link, recorder in
            try await SchemaMigrator(link).migrate()
            let fed = try FeedingJournal(on: recorder.loop, interval: 30_000, facts: 100)
            let half = record.batches.count / 2
            for batch in record.batches[..<half] { try await fed.commit(batch) }
            try await spoil(fed, record, by: 1_000)
            try await fed.feed(link)
            for batch in record.batches[half...] { try await fed.commit(batch) }
            try await fed.feed(link)
            try await spoil(fed, record, by: 2_000)
            try await fed.feed(link)
            let spoilt = try await link.query("SELECT count(*) FROM original_readings")
            #expect(try spoilt.wholeNumber(0, 0) > 20)

            let store = PostgresPast(link, of: fed.journal, intervalMilliseconds: 30_000)
            let past = PastViews(store, clock: recorder.loop)
            let end = record.batches.last?.lastSequence ?? 0
            let looks = record.looks.filter {
                Self.lastFact(by: $0.moment.time, record) == $0.lastSequence && $0.lastSequence < end
            }
            for look in looks { try await compare(look, past, fed, seed) }
            #expect(looks.count > 60, "\(looks.count) of \(record.looks.count) looks could be compared")

            // What retention leaves is enough for all instants after it.
            let cutoff = looks[looks.count / 2].moment.time
            let upkeep = RetentionUpkeep(link, HistoryRetention())
            var receipt = RetentionUpkeep.Receipt()
            try await upkeep.removeFacts("events", before: cutoff, &receipt)
            try await upkeep.removeFacts("safety_records", before: cutoff, &receipt)
            // In worlds 2 and 3, where the clock was set back, two rows go.
            #expect(receipt.rows > ([2, 3].contains(seed) ? 0 : 20), "seed \(seed)")
            for look in looks where look.moment.time >= cutoff { try await compare(look, past, fed, seed) }
            await #expect(throws: PastFailure.notKept(from: cutoff)) {
                _ = try await past.twins(
                    TwinQuery(limit: 1, after: nil), at: cutoff.advanced(byMilliseconds: -1), Self.catalogue)
            }
            await fed.close()
        }
    }

    private func compare(
        _ look: WorldRecord.Look, _ past: PastViews, _ fed: FeedingJournal, _ seed: UInt64
    ) async throws {
        let mask = try await fed.journal.read { try SecretMask($0) }
        let twins = try look.twins.map { try Self.masked($0, mask) }
        let query = TwinQuery(limit: TwinQuery.maximumLimit, after: nil)
        let page = try await past.twins(query, at: look.moment.time, Self.catalogue)
        try #require(
            page.items.map(\.snapshot) == twins.filter { $0.device.status != .deleted },
            "seed \(seed), at \(look.moment.time.rfc3339)")
        for twin in twins {
            let found = try await past.twin(twin.device.id, at: look.moment.time, Self.catalogue)
            try #require(found?.snapshot == twin, "seed \(seed), at \(look.moment.time.rfc3339)")
        }
    }

    /// Gives all stored samples another value.
    private func spoil(_ fed: FeedingJournal, _ record: WorldRecord, by amount: Double) async throws {
        var done: Set<String> = []
        for fact in record.batches.flatMap(\.facts) {
            guard let device = fact.device, case .sensor(let key, .sampled) = fact.event,
                done.insert("\(device) \(key.id)").inserted
            else { continue }
            try await fed.recompute(device, key) { sample in
                var sample = sample
                (sample.value, sample.quality) = ((sample.value ?? 0) + amount, .bad)
                return sample
            }
        }
    }

    /// A twin as it leaves the journal.
    private static func masked(_ twin: DeviceSnapshot, _ mask: SecretMask) throws -> DeviceSnapshot {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let body = String(decoding: try encoder.encode(twin), as: UTF8.self)
        return try JSONDecoder().decode(
            DeviceSnapshot.self, from: Data((try mask.masked(body, of: twin) ?? body).utf8))
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
