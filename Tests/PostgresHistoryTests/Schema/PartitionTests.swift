import PostgresCluster
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `Partitions` {
    private static let device = DeviceID("ESP_00000A")!
    private static let key = SensorKey(gpio: GPIO(4)!, type: "a", address: .none)
    private static let noon = UnixTime(milliseconds: 20_700 * 86_400_000 + 43_200_000)

    private func store(_ link: PostgresLink) async throws {
        try await ExampleFeed(link).store([
            (
                Self.device, Self.key,
                Sample(
                    raw: 1, value: 1, unit: "°C", quality: .good, eventTime: Self.noon, receiptTime: Self.noon,
                    claimedTime: Self.noon, digest: 1, isTimely: true)
            )
        ])
    }

    private func places(_ link: PostgresLink) async throws -> String {
        let rows = try await link.query(
            "SELECT string_agg(tableoid::regclass::text || ' ' || processed_value, ', ') FROM sensor_readings")
        return try rows.text(0, 0) ?? ""
    }

    @Test func `are made once for every day and month of a span`() async throws {
        try await withHistory { link in
            let span = [PostgresValue.text("2026-10-31 23:59:59Z"), .text("2026-11-02 00:00:00Z")]
            let sql = "SELECT ensure_partitions($1, $2)"
            #expect(try await link.query(sql, span).integer(0, 0) == 8)
            #expect(try await link.query(sql, span).integer(0, 0) == 0)
            let rows = try await link.query(
                "SELECT count(*), min(start_time), max(end_time) FROM partitions WHERE parent = 'sensor_readings'")
            #expect(try rows.integer(0, 0) == 3)
            #expect(try rows.time(0, 1) == UnixTime(milliseconds: 1_793_404_800_000))
            #expect(try rows.time(0, 2) == UnixTime(milliseconds: 1_793_664_000_000))
        }
    }

    @Test(arguments: [true, false])
    func `take in what comes while they are filled, or leave it all where it is`(once: Bool) async throws {
        try await withHistory { link in
            _ = try await link.query(Self.early("1"))
            // Whenever rows of the default partition are moved, another one comes.
            try await link.transaction([
                .script(
                    """
                    CREATE SEQUENCE latecomers START 2;
                    CREATE FUNCTION come() RETURNS trigger LANGUAGE plpgsql AS $$
                    DECLARE
                        number bigint := nextval('latecomers');
                    BEGIN
                        IF number > 2 AND \(once) THEN RETURN NULL; END IF;
                        \(Self.early("number"));
                        RETURN NULL;
                    END $$;
                    CREATE TRIGGER come AFTER DELETE ON sensor_readings_default
                    FOR EACH STATEMENT EXECUTE FUNCTION come();
                    """)
            ])
            let made = try await link.query("SELECT ensure_partitions($1, $1)", [.time(Self.noon)]).integer(0, 0)
            #expect(made == (once ? 3 : 2))
            let places = try await link.query(
                "SELECT string_agg(DISTINCT tableoid::regclass::text, ' '), count(*) FROM sensor_readings")
            #expect(try places.text(0, 0) == (once ? "sensor_readings_20260904" : "sensor_readings_default"))
            #expect(try places.integer(0, 1) == (once ? 2 : 1))
        }
    }

    /// Stores a reading.
    private static func early(_ number: String) -> String {
        """
        INSERT INTO sensor_readings (event_time, receipt_time, position, digest, uptime_ms, raw_value, sensor_id,
            quality, processing_mode, is_timely)
        VALUES ('2026-09-04 12:00Z', '2026-09-04 12:00Z', \(number), \(number), 0, 1, 1, 'good', 'raw', true)
        """
    }

    @Test func `that cannot be made now never hold rows up, and take them in later`() async throws {
        let cluster = try await PostgresCluster.shared
        let url = try await cluster.url(cluster.makeDatabase())
        try await withLink(url) { link, _ in
            try await SchemaMigrator(link).migrate()
            try await withLink(url) { reader, _ in
                async let reading = reader.transaction([
                    .statement("SELECT count(*) FROM sensor_readings_default"),
                    .statement("SELECT pg_advisory_lock(2)"), .statement("SELECT pg_sleep(3600)"),
                ])
                await eventually("somebody reads") {
                    let rows = try? await link.query(
                        """
                        SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 2
                            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        """)
                    return (try? rows?.integer(0, 0)) == 1
                }
                try await store(link)
                #expect(try await places(link) == "sensor_readings_default 1")
                _ = try await link.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE query LIKE '%pg_sleep(3600)' AND pid <> pg_backend_pid() AND datname = current_database()
                    """)
                _ = try? await reading
                _ = try await link.query("SELECT ensure_partitions($1, $1)", [.time(Self.noon)])
                #expect(try await places(link).hasSuffix("_20260904 1"))
            }
        }
    }
}
