import HistoryExamples
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `Buckets from PostgreSQL` {
    /// Does everything there is to do, and says how much that was.
    @discardableResult
    private func roll(_ upkeep: RollupUpkeep, at now: UnixTime) async throws -> Int {
        var count = 0
        while case .did(let more, _) = try await upkeep.proceed(at: now) { count += more }
        return count
    }

    @Test(arguments: HistoryExamples.zones)
    func `are what a plain computation finds`(zone: HistoryExamples.Zone) async throws {
        let examples = HistoryExamples(seed: 5, zone.calendar, around: zone.moment, samplesPerSeries: 400)
        try await withHistory { link in
            let feed = ExampleFeed(link)
            let store = PostgresHistoryStore(link, calendar: zone.calendar, deadLettersFrom: NoLetters())
            let upkeep = RollupUpkeep(link, calendar: zone.calendar)
            let half = examples.batches.count / 2
            try await examples.store(0..<half, in: feed)
            #expect(try await examples.wrong(store, afterBatches: half, every: 7) == [])
            // In the middle of everything, so that some buckets are over and others are not.
            try await roll(upkeep, at: zone.moment)
            #expect(try await examples.wrong(store, afterBatches: half) == [])
            // What comes now is late for much that is made, and no rollup knows it.
            try await examples.store(half..<examples.batches.count, in: feed)
            #expect(try await examples.wrong(store, afterBatches: examples.batches.count, every: 3) == [])
            try await roll(upkeep, at: zone.moment)
            #expect(try await examples.wrong(store, afterBatches: examples.batches.count, every: 3) == [])
            try await roll(upkeep, at: examples.end)
            let left = try await link.query("SELECT count(*) FROM stale_rollups")
            #expect(try left.integer(0, 0) == 0)
            #expect(try await examples.wrong(store, afterBatches: examples.batches.count) == [])
            #expect(try await roll(upkeep, at: examples.end) == 0)
        }
    }

    @Test func `follow values that are computed again`() async throws {
        let zone = HistoryExamples.zones[0]
        let examples = HistoryExamples(seed: 6, zone.calendar, around: zone.moment, samplesPerSeries: 200)
        try await withHistory { link in
            let store = PostgresHistoryStore(link, calendar: zone.calendar, deadLettersFrom: NoLetters())
            let upkeep = RollupUpkeep(link, calendar: zone.calendar)
            try await examples.store(0..<examples.batches.count, in: ExampleFeed(link))
            try await roll(upkeep, at: examples.end)
            // Some values become others, some get another unit, some mean nothing any more.
            try await link.transaction([
                .statement(
                    """
                    UPDATE sensor_readings SET processed_value = processed_value + 1,
                        unit = CASE WHEN digest % 3 = 0 THEN 'K' ELSE unit END,
                        quality = CASE WHEN digest % 7 = 0 THEN 'error' ELSE quality END
                    """),
                .statement(
                    """
                    SELECT note_recomputed(
                        array_agg(sensor_id::bigint), array_agg((extract(epoch FROM event_time) * 1000)::bigint))
                    FROM sensor_readings
                    """),
            ])
            let change: (Sample) -> Sample = { sample in
                var changed = sample
                changed.value = sample.value.map { $0 + 1 }
                if sample.digest % 3 == 0 { changed.unit = "K" }
                if sample.digest % 7 == 0 { changed.quality = .error }
                return changed
            }
            let count = examples.batches.count
            #expect(try await examples.wrong(store, afterBatches: count, every: 3, change: change) == [])
            try await roll(upkeep, at: examples.end)
            #expect(try await examples.wrong(store, afterBatches: count, change: change) == [])
        }
    }
}
