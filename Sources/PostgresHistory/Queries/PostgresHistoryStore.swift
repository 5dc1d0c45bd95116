import Foundation
public import TwinCore
public import TwinRuntime

/// The history in PostgreSQL: the same answers as the embedded store's.
///
/// Statements travel on the loop; rows are decoded on the caller's side of it.
public final class PostgresHistoryStore: HistoryStore {
    /// How long a question may take, in milliseconds.
    public static let deadlineMilliseconds: Int64 = 30_000

    /// Where days, weeks and months begin.
    public let calendar: SiteCalendar
    private let link: PostgresLink
    private let letters: any HistoryStore

    /// Answers through a link that the feed does not use.
    ///
    /// - Parameters:
    ///   - link: Started and stopped by its owner.
    ///   - calendar: Where days, weeks and months begin; the same as the upkeep's.
    ///   - letters: Who keeps the dead letters.
    public init(_ link: PostgresLink, calendar: SiteCalendar, deadLettersFrom letters: any HistoryStore) {
        self.link = link
        self.calendar = calendar
        self.letters = letters
    }

    /// The sensors that have a history, by device, pin, kind and address.
    @concurrent
    public func sensors(_ query: SensorQuery) async throws -> [StoredSensor] {
        let rows = try await ask(
            """
            SELECT sensor_id, device_id, gpio, sensor_type, address, unit FROM sensors
            WHERE device_id = $1 AND ($2::bigint IS NULL OR gpio = $2) AND ($3::text IS NULL OR sensor_type = $3)
            ORDER BY gpio, sensor_type, address
            """,
            [
                .text(query.device.description), .integer(query.gpio.map { Int64($0.number) }),
                .text(query.type.map { StoredText.column($0) }),
            ])
        return try (0..<rows.count).map { row in try Self.sensor(rows, row) }
    }

    /// Samples of one sensor or of a pin's, by event time.
    @concurrent
    public func samples(_ query: SampleQuery) async throws -> [StoredSample] {
        guard query.limit > 0 else { return [] }
        let sensors = try await sensors(SensorQuery(device: query.device, gpio: query.gpio, type: query.type))
            .filter { query.address == nil || $0.key.address == query.address }
        guard !sensors.isEmpty else { return [] }
        let statement = SampleStatement(query, sensors: sensors.map(\.number))
        let rows = try await ask(statement.sql, statement.values)
        let byNumber = Dictionary(uniqueKeysWithValues: sensors.map { ($0.number, $0) })
        return try (0..<rows.count).map { row in
            guard let sensor = byNumber[try rows.wholeNumber(row, 0)] else {
                throw PostgresFailure(.misused, "a reading of a sensor that was not asked for")
            }
            let sample = try ReadingColumns.sample(rows, row, from: 1, unit: sensor.unit)
            return StoredSample(
                sensor: sensor, sample: sample, sequence: SampleStatement.sequence(of: try rows.wholeNumber(row, 3)))
        }
    }

    /// What is known of a sensor's values within spans of time, oldest first.
    @concurrent
    public func buckets(_ query: BucketQuery) async throws -> [Bucket] {
        try await BucketAnswer(query, calendar: calendar, link).buckets()
    }

    /// The event times of a sensor's first and last sample.
    @concurrent
    public func extent(of sensor: StoredSensor) async throws -> ClosedRange<UnixTime>? {
        let rows = try await ask(
            "SELECT min(event_time), max(event_time) FROM sensor_readings WHERE sensor_id = $1",
            [.integer(sensor.number)])
        guard let first = try rows.time(0, 0), let last = try rows.time(0, 1) else { return nil }
        return first...last
    }

    /// One command with its evidence; `nil` when there is none.
    @concurrent
    public func command(_ id: CommandID) async throws -> CommandRecord? {
        let rows = try await ask(
            "SELECT record FROM commands WHERE command_id = $1", [.text(StoredText.column(id.description))])
        guard rows.count > 0 else { return nil }
        return try JSONDecoder().decode(CommandRecord.self, from: Data(try rows.words(0, 0).utf8))
    }

    /// The newest dead letters; the embedded store keeps them, because they are nobody's history.
    public func deadLetters(limit: Int) async throws -> DeadLetterReport { try await letters.deadLetters(limit: limit) }

    private func ask(_ sql: String, _ values: [PostgresValue]) async throws(PostgresFailure) -> PostgresRows {
        try await link.query(sql, values, deadlineMilliseconds: Self.deadlineMilliseconds)
    }

    /// Reads a row of number, device, pin, kind, address and unit.
    static func sensor(_ rows: PostgresRows, _ row: Int) throws(PostgresFailure) -> StoredSensor {
        let number = try rows.wholeNumber(row, 0)
        guard let device = DeviceID(try rows.words(row, 1)), let gpio = GPIO(Int(try rows.wholeNumber(row, 2))),
            let address = BusAddress(column: try rows.words(row, 4))
        else {
            throw PostgresFailure(.misused, "row sensor_id=\(number) of sensors names no device, pin or address")
        }
        let type = StoredText.text(try rows.words(row, 3))
        return StoredSensor(
            number: number, device: device, key: SensorKey(gpio: gpio, type: type, address: address),
            unit: StoredText.text(try rows.words(row, 5)))
    }
}
