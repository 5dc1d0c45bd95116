import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `A question to PostgreSQL` {
    private static let month =
        UnixTime(milliseconds: 1_790_812_800_000)..<UnixTime(milliseconds: 1_793_491_200_000)

    /// How the server would answer a statement.
    private func plan(_ step: PostgresStep, _ link: PostgresLink) async throws -> String {
        guard case .statement(let sql, let values) = step else { return "" }
        let rows = try await link.query("EXPLAIN (COSTS OFF) " + sql, values)
        return try (0..<rows.count).map { try rows.words($0, 0) }.joined(separator: "\n")
    }

    @Test func `about a month by the hour goes along the primary key`() async throws {
        try await withHistory { link in
            _ = try await link.query("SELECT ensure_partitions('2026-08-01Z', '2026-12-31Z')")
            // A hundred sensors for five months.
            _ = try await link.query(
                """
                INSERT INTO rollup_hours (sensor_id, \(RollupLevel.columns))
                SELECT sensor, hour, '°C', 60, 1, 1, 1, 1, hour, 1, hour, 1
                FROM generate_series(1, 100) sensor,
                    generate_series('2026-08-01Z'::timestamptz, '2026-12-31Z', interval '1 hour') hour
                """, deadlineMilliseconds: 120_000)
            _ = try await link.query("ANALYZE rollup_hours", deadlineMilliseconds: 120_000)
            let device = DeviceID("ESP_00000A")!
            let sensor = StoredSensor(
                number: 7, device: device, key: SensorKey(gpio: GPIO(4)!, type: "a", address: .none), unit: "°C")
            let text = try await plan(BucketFetch.statement(.buckets(.hour, [Self.month]), of: sensor), link)
            #expect(text.contains("rollup_hours_202610_pkey"))
            #expect(!text.contains("Seq Scan on rollup_hours_"))
            // Neighbouring months are not looked at.
            #expect(!text.contains("rollup_hours_202609") && !text.contains("rollup_hours_202612"))
            let rows = try await link.transaction([BucketFetch.statement(.buckets(.hour, [Self.month]), of: sensor)])
            #expect(rows[0].count == 744)
        }
    }

    @Test func `about times that no step of the feed reaches into looks at no reading`() async throws {
        try await withHistory { link in
            _ = try await link.query("SELECT ensure_partitions('2026-10-01Z', '2026-10-31Z')")
            // Whoever asks for readings is refused from now on.
            try await link.transaction([
                .statement(
                    """
                    INSERT INTO rollup_hours (sensor_id, \(RollupLevel.columns))
                    SELECT 7, hour, '°C', 60, 1, 1, 1, 1, hour, 1, hour, 1
                    FROM generate_series('2026-10-01Z'::timestamptz, '2026-10-31T23:00Z', interval '1 hour') hour
                    """),
                .statement(Self.step(from: "2026-11-01Z")),
                .script("ALTER TABLE sensor_readings RENAME TO hidden_readings"),
            ])
            let sensor = StoredSensor(
                number: 7, device: DeviceID("ESP_00000A")!,
                key: SensorKey(gpio: GPIO(4)!, type: "a", address: .none), unit: "°C")
            let store = PostgresHistoryStore(link, calendar: .utc, deadLettersFrom: NoLetters())
            let query = BucketQuery(sensor: sensor, resolution: .hour, span: Self.month)
            #expect(try await store.buckets(query).count == 744)
            _ = try await link.query(Self.step(from: "2026-10-31T23:59:59Z"))
            await #expect(throws: PostgresFailure.self) { try await store.buckets(query) }
        }
    }

    private static func step(from earliest: String) -> String {
        """
        INSERT INTO feed_steps (after_position, through_position, earliest, latest)
        VALUES (0, 10, '\(earliest)', '2026-11-06Z')
        """
    }

    @Test func `for the newest samples of a sensor reads no table from end to end`() async throws {
        try await withHistory { link in
            _ = try await link.query("SELECT ensure_partitions('2026-11-01Z', '2026-11-05Z')")
            _ = try await link.query(
                """
                INSERT INTO sensor_readings (\(ReadingCopy.columns))
                SELECT moment, moment, n, n, 0, 1, 1, n % 50, 'good', 'raw', NULL, NULL, NULL, true, NULL, NULL, NULL,
                    NULL, NULL
                FROM generate_series(1, 100000) n, LATERAL (
                    SELECT '2026-11-01Z'::timestamptz + n * interval '4 seconds' AS moment) m
                """, deadlineMilliseconds: 120_000)
            _ = try await link.query("ANALYZE sensor_readings", deadlineMilliseconds: 120_000)
            let query = SampleQuery(
                device: DeviceID("ESP_00000A")!, gpio: GPIO(4)!, type: nil, from: nil, to: nil, limit: 100)
            let statement = SampleStatement(query, sensors: [7])
            let text = try await plan(.statement(statement.sql, statement.values), link)
            #expect(!text.contains("Seq Scan on sensor_readings_2"))
            #expect(text.contains("_pkey"))
        }
    }
}
