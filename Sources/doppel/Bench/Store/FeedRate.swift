import EventLoop
import PostgresHistory
import SQLiteJournal
import TwinCore
import TwinRuntime

/// How many readings a second the feed brings from a filled journal to PostgreSQL, beside a bare `COPY` of the same rows.
///
/// Each measurement has a database of its own that is empty at first, with the partitions that the rows need. The feed
/// also reads the journal and puts the rows into PostgreSQL's form; the bare `COPY` has them ready.
struct FeedRate {
    /// How often it is looked whether everything is there, in milliseconds.
    private static let lookMilliseconds: Int64 = 10
    /// How long a measurement may take, in seconds.
    private static let patienceSeconds: Int64 = 600

    let shape: StoreShape
    let place: BenchPostgres.Place
    let loop: EventLoop

    /// A transaction's rows, ready to be copied.
    private typealias Pieces = [[UInt8]]

    func run() async throws -> RateComparison {
        let batches = try await withFilledJournal { try await pieces(of: $0) }
        return try await BenchPostgres.with(place, on: loop) { server in
            try await RateComparison.alternate("feed", rounds: shape.rounds) {
                // Another one each time: a feed whose rows are gone from PostgreSQL looks into that first.
                try await withFilledJournal { journal in try await measure(server) { try await feed(journal, $0) } }
            } baseline: {
                try await measure(server) { try copy(batches, $0) }
            }
        }
    }

    private func withFilledJournal<Outcome>(_ body: (SQLiteJournal) async throws -> Outcome) async throws -> Outcome {
        try await BenchFolder.with(in: shape.folder) { folder in
            let journal = try await filledJournal(folder)
            let outcome = try await body(journal)
            await withCheckedContinuation { continuation in journal.close { continuation.resume() } }
            return outcome
        }
    }

    private func filledJournal(_ folder: String) async throws -> SQLiteJournal {
        let journal = try SQLiteJournal(directory: folder, loop: loop)
        var readings = StoreLoad(sensors: shape.sensors, seed: shape.seed)
        for count in shape.batches {
            let batch = readings.batch(count)
            _ = try await withCheckedThrowingContinuation { continuation in
                journal.commit(batch) { continuation.resume(with: $0) }
            }
        }
        return journal
    }

    /// The rows that the feed brings, cut as the feed cuts them.
    private func pieces(of journal: SQLiteJournal) async throws -> [Pieces] {
        var batches: [Pieces] = []
        var checkpoint = FeedCheckpoint()
        while true {
            let batch = try await journal.rows(after: checkpoint, limit: HistoryFeed.batchRows)
            guard !batch.readings.isEmpty else { return batches }
            var copy = ReadingCopy()
            for reading in batch.readings {
                copy.append(
                    reading, position: Int64(reading.sequence), sensor: Int32(truncatingIfNeeded: reading.sensor),
                    usualUnit: reading.sample.unit)
            }
            batches.append(copy.finish())
            checkpoint = batch.through
        }
    }

    /// Measures in a database of its own, and sees to it that all rows are there.
    private func measure(
        _ server: BenchPostgres, _ body: (BenchDatabase) async throws -> StoreCost
    ) async throws -> RateComparison.Round {
        try await server.withEmptyDatabase("doppel_bench") { database in
            let end = StoreLoad.begin + Int64(shape.rows / shape.sensors + 2) * 1000
            try database.bare.run(
                "SELECT ensure_partitions(from_unix_ms(\(StoreLoad.begin)), from_unix_ms(\(end))); CHECKPOINT")
            let cost = try await body(database)
            let count = try database.bare.run("SELECT count(*) FROM sensor_readings")
            guard count == "\(shape.rows)" else {
                throw BenchChild.Silence(description: "\(count ?? "no") of \(shape.rows) rows are in PostgreSQL")
            }
            return cost.round(rows: shape.rows)
        }
    }

    private func feed(_ journal: SQLiteJournal, _ database: BenchDatabase) async throws -> StoreCost {
        let feed = HistoryFeed(from: journal, to: database.link, on: loop)
        let begin = StoreCost.Begin()
        let deadline = BenchClock.now + Self.patienceSeconds * 1_000_000_000
        await loop.call { feed.start { _ in } }
        while try database.bare.run("SELECT fed_through FROM journals") != "\(shape.rows)" {
            guard BenchClock.now < deadline else {
                throw BenchChild.Silence(description: "the feed did not come to its end: \(feed.vitals().health)")
            }
            await loop.rest(milliseconds: Self.lookMilliseconds)
        }
        let cost = begin.cost
        await withCheckedContinuation { continuation in loop.post { feed.stop { continuation.resume() } } }
        return cost
    }

    private func copy(_ batches: [Pieces], _ database: BenchDatabase) throws -> StoreCost {
        let copy = "COPY sensor_readings (\(ReadingCopy.columns)) FROM STDIN (FORMAT binary)"
        let begin = StoreCost.Begin()
        for batch in batches { try database.bare.copy(copy, from: batch) }
        return begin.cost
    }
}
