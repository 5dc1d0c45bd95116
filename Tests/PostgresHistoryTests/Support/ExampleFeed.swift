import HistoryExamples
import TwinCore
import TwinRuntime

@testable import PostgresHistory

/// Stores samples in PostgreSQL the way a feed does: rows, and the step that tells the rollups of them.
final class ExampleFeed {
    private let link: PostgresLink
    private var numbers: [String: (number: Int32, unit: String)] = [:]
    private var position: Int64 = 0

    init(_ link: PostgresLink) { self.link = link }

    /// Stores samples in one transaction; what is stored already stays as it is.
    func store(_ samples: [(device: DeviceID, key: SensorKey, sample: Sample)]) async throws {
        let before = position
        var copy = ReadingCopy()
        for (device, key, sample) in samples {
            let (number, unit) = try await sensor(device, key, sample.unit)
            position += 1
            let reading = FeedReading(
                sequence: UInt64(position), sensor: Int64(number),
                moment: Moment(time: sample.receiptTime, uptime: Uptime(milliseconds: 7)), sample: sample)
            copy.append(reading, position: position, sensor: number, usualUnit: unit)
        }
        let times = samples.map(\.sample.eventTime)
        guard let earliest = times.min(), let latest = times.max() else { return }
        _ = try await link.query("SELECT ensure_partitions($1, $2)", [.time(earliest), .time(latest)])
        try await link.transaction([
            .script("CREATE TEMP TABLE incoming (LIKE sensor_readings) ON COMMIT DROP"),
            .copy("COPY incoming (\(ReadingCopy.columns)) FROM STDIN (FORMAT binary)", copy.finish()),
            .statement(
                """
                INSERT INTO sensor_readings (\(ReadingCopy.columns)) SELECT \(ReadingCopy.columns) FROM incoming
                ORDER BY position ON CONFLICT (sensor_id, event_time, digest) DO NOTHING
                """),
            .statement(
                "INSERT INTO feed_steps (after_position, through_position, earliest, latest) VALUES ($1, $2, $3, $4)",
                [.integer(before), .integer(position), .time(earliest), .time(latest)]),
        ])
    }

    private func sensor(
        _ device: DeviceID, _ key: SensorKey, _ unit: String
    ) async throws -> (number: Int32, unit: String) {
        let name = "\(device) \(key.gpio) \(key.address.column) \(key.type)"
        if let known = numbers[name] { return known }
        let rows = try await link.query(
            """
            INSERT INTO sensors (device_id, gpio, sensor_type, address, unit) VALUES ($1, $2, $3, $4, $5)
            RETURNING sensor_id
            """,
            [
                .text(device.description), .integer(Int64(key.gpio.number)), .text(StoredText.column(key.type)),
                .text(key.address.column), .text(StoredText.column(unit)),
            ])
        let made = (number: Int32(try rows.wholeNumber(0, 0)), unit: unit)
        numbers[name] = made
        return made
    }
}

/// Runs a test with a database that has the newest schema.
func withHistory(_ body: (PostgresLink) async throws -> Void) async throws {
    try await withDatabase { link, _ in
        try await SchemaMigrator(link).migrate()
        try await body(link)
    }
}

/// Lets so much time pass since a Doppel last looked after the rollups that one of another time zone may.
func endLease(_ link: PostgresLink) async throws {
    _ = try await link.query(
        "UPDATE rollup_calendar SET kept_at = kept_at - $1::bigint * interval '1 millisecond'",
        [.integer(RollupUpkeep.leaseMilliseconds + 1_000)])
}

/// An embedded store that is never asked.
struct NoLetters: HistoryStore {
    let calendar = SiteCalendar.utc

    func sensors(_ query: SensorQuery) async throws -> [StoredSensor] { [] }
    func samples(_ query: SampleQuery) async throws -> [StoredSample] { [] }
    func buckets(_ query: BucketQuery) async throws -> [Bucket] { [] }
    func extent(of sensor: StoredSensor) async throws -> ClosedRange<UnixTime>? { nil }
    func command(_ id: CommandID) async throws -> CommandRecord? { nil }
    func deadLetters(limit: Int) async throws -> DeadLetterReport { DeadLetterReport(counts: [], items: []) }
}

extension HistoryExamples {
    /// Stores batches.
    func store(_ batches: Range<Int>, in feed: ExampleFeed) async throws {
        for batch in batches {
            try await feed.store(
                self.batches[batch].map { (series[$0.series].device, series[$0.series].key, $0.sample) })
        }
    }

    /// Long after everything.
    var end: UnixTime { span.upperBound.advanced(byMilliseconds: 90 * 86_400_000) }

    /// Asks questions and compares the answers; says what is wrong.
    func wrong(
        _ store: PostgresHistoryStore, afterBatches count: Int, every stride: Int = 1,
        change: (Sample) -> Sample = { $0 }
    ) async throws -> [String] {
        var wrong: [String] = []
        for question in questions.indices.filter({ $0 % stride == 0 }).map({ questions[$0] }) {
            let series = series[question.series]
            let sensors = try await store.sensors(SensorQuery(device: series.device))
            guard let sensor = sensors.first(where: { $0.key == series.key }) else { continue }
            let answer = try await store.buckets(
                BucketQuery(sensor: sensor, resolution: question.resolution, span: question.span))
            let right = self.answer(question, afterBatches: count, change: change)
            if let difference = Self.difference(of: answer, from: right) { wrong.append("\(question): \(difference)") }
        }
        return wrong
    }
}
