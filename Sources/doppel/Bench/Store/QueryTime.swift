import EventLoop
import Foundation
import PostgresHistory
import SQLiteJournal
import TwinCore
import TwinRuntime
import World

/// How long a question takes that asks for a sensor's month by the hour, over a large history in PostgreSQL.
///
/// Sensors and months are drawn. Each question is asked twice: through the history store, and as one statement through
/// libpq that gets the same rows; who begins changes.
struct QueryTime {
    let fill: HistoryFill
    let questions: Int
    let seed: UInt64
    let place: BenchPostgres.Place
    let loop: EventLoop

    /// Both answers' times, in milliseconds.
    private struct Times {
        var doppel: [Double] = []
        var bare: [Double] = []
        var buckets = 0
    }

    func run() async throws -> QueryReport {
        try checkSpace()
        return try await BenchPostgres.with(place, on: loop) { server in
            guard place.isKept else { return try await server.withEmptyDatabase("doppel_bench", measure) }
            return try await server.withKeptDatabase("doppel_bench_\(fill.rows)_\(fill.sensors)", measure)
        }
    }

    /// Refuses a private server that would fill the disk.
    private func checkSpace() throws {
        guard place.url == nil else { return }
        let folder = place.folder ?? FileManager.default.temporaryDirectory.path
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: folder)
        let free = (attributes[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
        let needed = fill.diskBytes
        guard free < needed else { return }
        throw BenchChild.Silence(
            description: "\(fill.rows) rows need about \(needed / 1_000_000) MB in \(folder), and "
                + "\(free / 1_000_000) MB are free; name another place with --folder, or fewer rows with --history-rows"
        )
    }

    private func measure(_ database: BenchDatabase) async throws -> QueryReport {
        let fillSeconds = try filled(database.bare)
        // Readings are never asked for dead letters; a journal beside it would answer.
        let times = try await BenchFolder.with(in: nil) { folder in
            let journal = try SQLiteJournal(directory: folder, loop: loop)
            let store = PostgresHistoryStore(database.link, calendar: .utc, deadLettersFrom: journal)
            let times = try await ask(store, database.bare)
            await withCheckedContinuation { continuation in journal.close { continuation.resume() } }
            return times
        }
        let bytes = try database.bare.run("SELECT pg_database_size(current_database())").flatMap { Double($0) } ?? 0
        return QueryReport(
            fill, fillSeconds: fillSeconds, databaseBytes: bytes, buckets: times.buckets, doppel: times.doppel,
            bare: times.bare)
    }

    /// Fills the database unless an earlier run did, and says how long that took, in seconds.
    private func filled(_ bare: BareConnection) throws -> Double {
        let remark = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        if let seconds = try bare.run(remark).flatMap({ Double($0) }) { return seconds }
        Console.standard.tell("filling \(fill.rows) rows over \(fill.days) days")
        let begun = BenchClock.now
        try fill.fill(bare)
        let seconds = Double(BenchClock.now - begun) / 1e9
        // The remark says that the filling came to its end.
        try bare.run(
            "DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''\(seconds)''', current_database()); END $$")
        Console.standard.tell("filled within \(Int(seconds)) s")
        return seconds
    }

    private func ask(_ store: PostgresHistoryStore, _ bare: BareConnection) async throws -> Times {
        var random = Randomness(seed: seed)
        var times = Times()
        // A connection gets to know each partition once, which takes it tens of milliseconds; links last for long.
        for month in fill.months {
            let query = BucketQuery(sensor: StoreSensor(number: 1).stored, resolution: .hour, span: month)
            _ = try await store.buckets(query)
            _ = try time(bare, query)
        }
        for number in 0..<questions {
            let sensor = StoreSensor(number: Int(random.next() % UInt64(fill.sensors)) + 1)
            let month = fill.months[Int(random.next() % UInt64(fill.months.count))]
            let query = BucketQuery(sensor: sensor.stored, resolution: .hour, span: month)
            if number.isMultiple(of: 2) { times.bare.append(try time(bare, query)) }
            let begun = BenchClock.now
            let buckets = try await store.buckets(query)
            times.doppel.append(Double(BenchClock.now - begun) / 1e6)
            if !number.isMultiple(of: 2) { times.bare.append(try time(bare, query)) }
            times.buckets += buckets.count
            let count = buckets.map(\.count).reduce(0, +)
            guard count == fill.count(within: month) else {
                throw BenchChild.Silence(
                    description: "sensor \(sensor.number) has \(fill.count(within: month)) readings in the month of "
                        + "\(month.lowerBound.rfc3339), and the answer holds \(count)")
            }
        }
        return times
    }

    private func time(_ bare: BareConnection, _ query: BucketQuery) throws -> Double {
        let begun = BenchClock.now
        try bare.run(
            """
            SELECT start_time, unit, count, mean, squared_deviations, minimum, maximum, first_time, first_value,
                last_time, last_value
            FROM rollup_hours WHERE sensor_id = \(query.sensor.number)
                AND start_time >= from_unix_ms(\(query.span.lowerBound.milliseconds))
                AND start_time < from_unix_ms(\(query.span.upperBound.milliseconds)) ORDER BY start_time
            """)
        return Double(BenchClock.now - begun) / 1e6
    }
}
