import EventLoop
import SQLiteJournal
import TwinRuntime

/// How many samples a second the journal makes durable, beside bare inserts of the same rows.
///
/// Each measurement has a file of its own that is empty at first. What is measured is from a batch in memory to the
/// word that it is durable; making the batches is not.
struct JournalRate {
    let load: StoreShape
    let loop: EventLoop

    func run() async throws -> RateComparison {
        try await RateComparison.alternate("journal", rounds: load.rounds) {
            try await BenchFolder.with(in: load.folder, journal)
        } baseline: {
            try await BenchFolder.with(in: load.folder, inserts)
        }
    }

    private func journal(_ folder: String) async throws -> RateComparison.Round {
        let journal = try SQLiteJournal(directory: folder, loop: loop)
        _ = try journal.recover()
        var readings = StoreLoad(sensors: load.sensors, seed: load.seed)
        var cost = StoreCost()
        for count in load.batches { cost += try await commit(readings.batch(count), journal) }
        await withCheckedContinuation { continuation in journal.close { continuation.resume() } }
        return cost.round(rows: load.rows)
    }

    private func inserts(_ folder: String) async throws -> RateComparison.Round {
        // The journal makes the table and its indexes; its numbers of the sensors are the order they appear in.
        let journal = try SQLiteJournal(directory: folder, loop: loop)
        await withCheckedContinuation { continuation in journal.close { continuation.resume() } }
        let inserts = try BareInserts(directory: folder)
        var readings = StoreLoad(sensors: load.sensors, seed: load.seed)
        var cost = StoreCost()
        for count in load.batches {
            let batch = readings.batch(count)
            let rows = BareInserts.Rows(batch) { Int64(readings.sensor(batch.firstSequence + UInt64($0)).number) }
            let begin = StoreCost.Begin()
            try inserts.store(rows)
            cost += begin.cost
        }
        return cost.round(rows: load.rows)
    }

    private func commit(_ batch: Batch, _ journal: SQLiteJournal) async throws -> StoreCost {
        let begin = StoreCost.Begin()
        return try await withCheckedThrowingContinuation { continuation in
            journal.commit(batch) { result in
                let cost = begin.cost
                continuation.resume(with: result.map { _ in cost })
            }
        }
    }
}
