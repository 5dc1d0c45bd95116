import PostgresHistory
import Testing
import TwinCore

@Suite struct `Statements to PostgreSQL` {
    @Test func `take and give values of every kind`() async throws {
        try await withDatabase { link, _ in
            let time = UnixTime(milliseconds: 1_790_000_000_123)
            let rows = try await link.query(
                """
                SELECT $1::text, $2::bigint, $3::float8, $4::bool, $5::bytea, $6::timestamptz, $7::bigint[] = '{1,2}',
                array_to_string($8::text[], '|'), $9::jsonb, $10::int, $11::uuid, $12::text, 7::int2, '2026-11-22'::date,
                array_length($13::text[], 1)
                """,
                [
                    .text("Grüße\n"), .integer(.min), .double(.greatestFiniteMagnitude), .boolean(true),
                    .bytes([0, 1, 255]), .time(time), .integers([1, 2]), .texts(["a", "", "é"]), .text(#"{"b":1}"#),
                    .null, .text("00000000-0000-4000-8000-0123456789ab"), .text(""), .texts([]),
                ])
            #expect(rows.count == 1)
            #expect(try rows.text(0, 0) == "Grüße\n")
            #expect(try rows.integer(0, 1) == .min)
            #expect(try rows.double(0, 2) == .greatestFiniteMagnitude)
            #expect(try rows.boolean(0, 3) == true)
            #expect(try rows.bytes(0, 4) == [0, 1, 255])
            #expect(try rows.time(0, 5) == time)
            #expect(try rows.boolean(0, 6) == true)
            #expect(try rows.text(0, 7) == "a||é")
            #expect(try rows.text(0, 8) == #"{"b": 1}"#)
            #expect(try rows.integer(0, 9) == nil)
            #expect(try rows.text(0, 10) == "00000000-0000-4000-8000-0123456789ab")
            #expect(try rows.text(0, 11) == "")
            #expect(try rows.integer(0, 12) == 7)
            #expect(try rows.double(0, 12) == 7)
            #expect(try rows.time(0, 13) == UnixTime(milliseconds: 1_795_305_600_000))
            #expect(rows.isNull(0, 14))
        }
    }

    @Test func `are refused with the server's state and leave the connection in use`() async throws {
        try await withDatabase { link, recorder in
            let refusal = await failure { () async throws(PostgresFailure) in _ = try await link.query("SELECT 1/0") }
            #expect(refusal?.kind == .refused)
            #expect(refusal?.sqlState == "22012")
            #expect(refusal?.isRetriable == false)
            let missing = await failure { () async throws(PostgresFailure) in _ = try await link.query("TABLE nothing")
            }
            #expect(missing?.description.contains("doppel admin migrate") == true)
            let nul = await failure { () async throws(PostgresFailure) in
                _ = try await link.query("SELECT $1", [.text("a\0")])
            }
            #expect(nul?.kind == .misused)
            #expect(try await link.query("SELECT 1").integer(0, 0) == 1)
            let numeric = try await link.query("SELECT 1.5::numeric AS n")
            #expect(throws: PostgresFailure.self) { try numeric.double(0, 0) }
            #expect(recorder.connected.count == 1)
        }
    }

    @Test func `of a transaction take effect together or not at all`() async throws {
        try await withDatabase { link, recorder in
            let results = try await link.transaction([
                .script("CREATE TABLE t (n int PRIMARY KEY); CREATE INDEX ON t (n);"),
                .statement("INSERT INTO t VALUES ($1), ($2)", [.integer(1), .integer(2)]),
                .statement("LOCK TABLE t"), .statement("SELECT n FROM t ORDER BY n"),
            ])
            #expect(results.count == 3)
            #expect(results[0].affected == 2)
            #expect(try results[2].integer(1, 0) == 2)
            for step in [
                PostgresStep.statement("INSERT INTO t VALUES (1)"), .script("INSERT INTO t VALUES (1)"),
                .copy("COPY t FROM STDIN", [Array("9\nx\n".utf8)]), .copy("COPY nothing FROM STDIN", [[1]]),
                .copy("SELECT 1", []),
            ] {
                let refusal = await failure { () async throws(PostgresFailure) in
                    try await link.transaction([.statement("INSERT INTO t VALUES (3)"), step, .statement("SELECT 1")])
                }
                let text = "\(step): \(String(describing: refusal))"
                #expect(refusal != nil, "\(text)")
                #expect(refusal?.mayHaveHappened == false, "\(text)")
                #expect(try await link.query("SELECT count(*) FROM t").integer(0, 0) == 2, "\(text)")
            }
            #expect(recorder.connected.count == 2, "only the COPY that is none costs the connection")
        }
    }

    @Test func `cannot leave a transaction open`() async throws {
        try await withDatabase { link, _ in
            let refusal = await failure { () async throws(PostgresFailure) in _ = try await link.query("BEGIN") }
            #expect(refusal?.kind == .misused)
            _ = try await link.query("CREATE TABLE t (n int)")
            let rows = try await link.query("SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass")
            #expect(try rows.integer(0, 0) == 0)
        }
    }

    @Test func `run in a session of known settings`() async throws {
        try await withDatabase { link, _ in
            let rows = try await link.query(
                """
                SELECT current_setting('TimeZone'), current_setting('DateStyle'), current_setting('client_encoding'),
                current_setting('application_name')
                """)
            let expected = ["UTC", "ISO, MDY", "UTF8", "doppel"]
            for (column, value) in expected.enumerated() { #expect(try rows.text(0, column) == value) }
        }
    }

    @Test func `may answer a lot`() async throws {
        try await withDatabase { link, recorder in
            await recorder.beginTicking()
            let rows = try await link.query("SELECT n, repeat('x', 100) FROM generate_series(1, 300000) AS n")
            let ticks = recorder.endTicking()
            #expect(rows.count == 300_000)
            #expect(try rows.integer(299_999, 0) == 300_000)
            #expect(ticks > 20)
        }
    }

    @Test func `wait in a line that has an end`() async throws {
        try await withDatabase {
            $0.maximumWaiting = 4
        } _: { link, _ in
            _ = try await link.query("SELECT 1")
            let outcomes = await withTaskGroup(of: PostgresFailure.Kind?.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        let failure = await failure { () async throws(PostgresFailure) in
                            _ = try await link.query("SELECT pg_sleep(0.2)")
                        }
                        return failure?.kind
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == .crowded } >= 12 - 4 - 1)
            #expect(outcomes.count { $0 == nil } >= 4)
            #expect(outcomes.count { $0 != nil && $0 != .crowded } == 0)
        }
    }
}
