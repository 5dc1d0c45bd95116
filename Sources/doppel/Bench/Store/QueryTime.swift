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

    /// How many new connections are asked their first question.
    private static let newConnections = 25

    /// Both answers' times, and those of first questions, in milliseconds.
    private struct Times {
        var doppel: [Double] = []
        var bare: [Double] = []
        var first: [Double] = []
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
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
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
            var random = Randomness(seed: seed)
            var times = Times()
            for _ in 0..<Self.newConnections {
                times.first.append(try await database.withNewLink { try await first($0, journal, &random) })
            }
            let store = PostgresHistoryStore(database.link, calendar: .utc, deadLettersFrom: journal)
            try await ask(store, database.bare, &random, &times)
            await withCheckedContinuation { continuation in journal.close { continuation.resume() } }
            return times
        }
        let bytes = try database.bare.run("SELECT pg_database_size(current_database())").flatMap { Double($0) } ?? 0
        return QueryReport(
            fill, fillSeconds: fillSeconds, databaseBytes: bytes, buckets: times.buckets, doppel: times.doppel,
            bare: times.bare, first: times.first)
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

    private func ask(
        _ store: PostgresHistoryStore, _ bare: BareConnection, _ random: inout Randomness, _ times: inout Times
    ) async throws {
        for number in 0..<questions {
            let query = draw(&random)
            if number.isMultiple(of: 2) { times.bare.append(try time(bare, query)) }
            let (milliseconds, buckets) = try await time(store, query)
            times.doppel.append(milliseconds)
            times.buckets += buckets
            if !number.isMultiple(of: 2) { times.bare.append(try time(bare, query)) }
        }
    }

    /// What the first question through a link takes that is connected already.
    private func first(
        _ link: PostgresLink, _ journal: SQLiteJournal, _ random: inout Randomness
    ) async throws -> Double {
        _ = try await link.query("SELECT 1")
        let store = PostgresHistoryStore(link, calendar: .utc, deadLettersFrom: journal)
        return try await time(store, draw(&random)).milliseconds
    }

    private func draw(_ random: inout Randomness) -> BucketQuery {
        let sensor = StoreSensor(number: Int(random.next() % UInt64(fill.sensors)) + 1)
        let month = fill.months[Int(random.next() % UInt64(fill.months.count))]
        return BucketQuery(sensor: sensor.stored, resolution: .hour, span: month)
    }

    /// Asks, and sees to it that the answer counts exactly the readings of the span.
    private func time(
        _ store: PostgresHistoryStore, _ query: BucketQuery
    ) async throws -> (milliseconds: Double, buckets: Int) {
        let begun = BenchClock.now
        let buckets = try await store.buckets(query)
        let milliseconds = Double(BenchClock.now - begun) / 1e6
        let count = buckets.map(\.count).reduce(0, +)
        guard count == fill.count(within: query.span) else {
            throw BenchChild.Silence(
                description:
                    "sensor \(query.sensor.number) has \(fill.count(within: query.span)) readings in the month "
                    + "of \(query.span.lowerBound.rfc3339), and the answer holds \(count)")
        }
        return (milliseconds, buckets.count)
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
