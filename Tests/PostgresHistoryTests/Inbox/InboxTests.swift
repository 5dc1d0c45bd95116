import PostgresCluster
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `The inbox` {
    /// A new database that has the schema, by name.
    private func database() async throws -> (cluster: PostgresCluster, name: String) {
        let cluster = try await PostgresCluster.shared
        let name = try await cluster.makeDatabase()
        try await withLink(cluster.url(name)) { link, _ in _ = try await SchemaMigrator(link).migrate() }
        return (cluster, name)
    }

    /// Puts rows in, and says nothing.
    private func put(
        _ payloads: Range<Int>, topic: String = "good", _ cluster: PostgresCluster, _ name: String = "postgres"
    ) async throws {
        try await cluster.run(
            """
            INSERT INTO inbox_messages (topic, payload)
            SELECT '\(topic)', n FROM generate_series(\(payloads.lowerBound), \(payloads.upperBound - 1)) AS n
            """, in: name)
    }

    private func waiting(_ cluster: PostgresCluster, _ name: String = "postgres") async throws -> String {
        try await cluster.run("SELECT count(*) FROM inbox_messages WHERE taken_at IS NULL", in: name)
    }

    private func allTaken(_ cluster: PostgresCluster, _ name: String = "postgres") async {
        await eventually("every row is taken", within: .seconds(60)) { (try? await waiting(cluster, name)) == "0" }
    }

    private static let notify = #"NOTIFY handed_in, '{"table":"inbox_messages","key":1}'"#

    @Test func `takes a row when it is notified of it`() async throws {
        let (cluster, name) = try await database()
        let street = FakeStreet()
        try await withInbox(cluster.url(name), street) { inbox, recorder in
            await idle(inbox, recorder)
            try await put(1..<4, cluster, name)
            #expect(street.stored == [])
            try await cluster.run(Self.notify, in: name)
            await allTaken(cluster, name)
            #expect(street.stored == ["1", "2", "3"])
            await eventually("it says so") {
                await vitals(of: inbox, recorder).health == "took 3 messages, 0 of them refused; none waits"
            }
        }
    }

    @Test func `finds rows of which no notice came`() async throws {
        let (cluster, name) = try await database()
        let street = FakeStreet()
        try await put(1..<3, cluster, name)
        try await withInbox(cluster.url(name), street, pollMilliseconds: 100) { inbox, recorder in
            await allTaken(cluster, name)
            await idle(inbox, recorder)
            try await put(3..<5, cluster, name)
            await allTaken(cluster, name)
            #expect(street.stored == ["1", "2", "3", "4"])
        }
    }

    @Test func `looks again with every new connection`() async throws {
        let (cluster, name) = try await database()
        let street = FakeStreet()
        try await withInbox(cluster.url(name), street) { inbox, recorder in
            await idle(inbox, recorder)
            try await put(1..<3, cluster, name)
            try await cluster.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)' AND pid <> pg_backend_pid()",
                in: name)
            await allTaken(cluster, name)
        }
    }

    @Test func `goes on as soon as a connection comes up, however long it would wait`() async throws {
        try await withCluster { cluster in
            try await withLink(cluster.url()) { link, _ in _ = try await SchemaMigrator(link).migrate() }
            try await put(1..<3, cluster)
            try await cluster.stop()
            let hour: Int64 = 3_600_000
            try await withInbox(
                cluster.url(), FakeStreet(), retryMilliseconds: hour...hour, reconnecting: impatientLimits
            ) { inbox, recorder in
                await eventually("it waits") { recorder.log.contains { $0.contains("inbox.waits") } }
                try await cluster.start()
                await allTaken(cluster)
            }
        }
    }

    @Test func `takes thousands, oldest first and once`() async throws {
        let (cluster, name) = try await database()
        let street = FakeStreet()
        try await put(0..<3_000, cluster, name)
        try await withInbox(cluster.url(name), street) { _, _ in
            await allTaken(cluster, name)
            #expect(street.stored == (0..<3_000).map(String.init))
            #expect(street.handedIn == 3_000)
        }
    }

    @Test func `notes why a row had no effect, and goes on`() async throws {
        let (cluster, name) = try await database()
        let street = FakeStreet()
        try await put(1..<2, topic: "kaiser/ä", cluster, name)
        try await put(2..<4, cluster, name)
        try await cluster.run(
            "INSERT INTO inbox_messages (topic, payload) VALUES ('good', repeat('ü', 40000000)), ('good', '')", in: name
        )
        try await put(4..<5, cluster, name)
        try await withInbox(cluster.url(name), street, pollMilliseconds: 50) { _, _ in
            await allTaken(cluster, name)
            #expect(street.stored == ["2", "3", "", "4"])
            #expect(street.handedIn == 6)
            let reasons = try await cluster.run(
                "SELECT message_id, refusal FROM inbox_messages WHERE refusal IS NOT NULL ORDER BY message_id", in: name
            )
            #expect(
                reasons.split(separator: "\n") == [
                    "1|unknown_topic: 'kaiser/ä' is no topic of a reading", "4|too_large: 131074 bytes",
                ])
        }
    }

    @Test func `reads no more at once than fits`() async throws {
        let (cluster, name) = try await database()
        try await cluster.run(
            "INSERT INTO inbox_messages (topic, payload) SELECT 'good', repeat('x', 60000) FROM generate_series(1, 100)",
            in: name)
        try await withLink(cluster.url(name)) { link, _ in
            let messages = try #require(try await InboxTable(link: link).next(for: "one"))
            #expect(messages.map(\.id) == Array(1...18))
        }
    }

    @Test func `notes nothing before it is durable`() async throws {
        let (cluster, name) = try await database()
        let street = FakeStreet()
        street.mode = .slow
        try await put(1..<4, cluster, name)
        try await withInbox(cluster.url(name), street, pollMilliseconds: 20) { inbox, recorder in
            await eventually("the rows are handed in") { street.waiting == 1 }
            try await cluster.run(Self.notify, in: name)
            await recorder.loop.run {}
            #expect(try await waiting(cluster, name) == "3")
            street.release()
            await allTaken(cluster, name)
            #expect(street.handedIn == 3)
        }
    }

    @Test func `leaves rows where they are while the twins take nothing`() async throws {
        let (cluster, name) = try await database()
        let street = FakeStreet()
        street.mode = .refusing(.unsuitable("too much waits for the disk"))
        try await put(1..<4, cluster, name)
        try await withInbox(cluster.url(name), street, pollMilliseconds: 10) { inbox, recorder in
            await eventually("it says so") {
                let vitals = await vitals(of: inbox, recorder)
                return vitals.backlog == 3 && vitals.condition.reason?.hasSuffix("too much waits for the disk") == true
            }
            // It tries again after growing pauses, whoever notifies.
            for _ in 0..<50 { try await cluster.run(Self.notify, in: name) }
            #expect(street.handedIn < 3 * 12)
            #expect(recorder.log.count { $0.contains(" inbox.waits") } == 1)
            street.mode = .prompt
            await allTaken(cluster, name)
            #expect(street.stored == ["1", "2", "3"])
        }
    }

    @Test func `shares a table with another Doppel without taking a row twice`() async throws {
        let (cluster, name) = try await database()
        let (street, other) = (FakeStreet(), FakeStreet())
        try await withInbox(cluster.url(name), street, holder: "one", pollMilliseconds: 10) { _, _ in
            try await withInbox(cluster.url(name), other, holder: "two", pollMilliseconds: 10) { _, _ in
                for round in 0..<20 { try await put(round * 300..<(round + 1) * 300, cluster, name) }
                await allTaken(cluster, name)
                #expect(street.handedIn + other.handedIn == 6_000)
                #expect((street.stored + other.stored).compactMap { Int($0) }.sorted() == Array(0..<6_000))
            }
        }
    }

    @Test func `takes over when another Doppel is gone that had begun`() async throws {
        let (cluster, name) = try await database()
        try await put(1..<4, cluster, name)
        try await withLink(cluster.url(name)) { link, _ in
            let table = InboxTable(link: link)
            #expect(try await table.next(for: "gone")?.count == 3)
            #expect(try await table.next(for: "one") == nil)
            #expect(try await table.next(for: "gone")?.count == 3)
            _ = try await link.query("UPDATE marks SET value = 'gone 1' WHERE name = 'inbox_taker'")
            #expect(try await table.next(for: "one")?.count == 3)
            try await table.release("gone")
            #expect(try await table.next(for: "gone") == nil)
            try await table.release("one")
            #expect(try await table.next(for: "gone")?.count == 3)
        }
    }

    @Test func `hands in again what a dead server did not note`() async throws {
        try await withCluster { cluster in
            try await withLink(cluster.url()) { link, _ in _ = try await SchemaMigrator(link).migrate() }
            let street = FakeStreet()
            street.mode = .slow
            try await put(0..<500, cluster)
            try await withInbox(
                cluster.url(), street, pollMilliseconds: 50, deadlineMilliseconds: 1_000
            ) { inbox, _ in
                for how in [PostgresCluster.Stop.killed, .immediate] {
                    await eventually("a batch is handed in") { street.waiting == 1 }
                    inbox.bell.note { $0.trouble = nil }
                    try await cluster.stop(how)
                    street.release()
                    await eventually("it cannot be noted") { inbox.bell.standing.trouble != nil }
                    try await cluster.start()
                }
                street.mode = .prompt
                street.release()
                await allTaken(cluster)
                #expect(street.stored == (0..<500).map(String.init))
                #expect(street.handedIn >= 500 + 2 * Int(InboxTable.batchRows))
            }
        }
    }

    @Test func `logs what is wrong with notices once for each way`() async throws {
        let (cluster, name) = try await database()
        let street = FakeStreet()
        try await withInbox(cluster.url(name), street) { inbox, recorder in
            await idle(inbox, recorder)
            let payloads = ["", "x", "{}", #"{"table":"users","key":1}"#, #"{"table":"inbox_messages"}"#]
            for _ in 0..<3 {
                let words = payloads.map { "SELECT pg_notify('handed_in', '\($0)');" }.joined()
                try await cluster.run(words, in: name)
            }
            await eventually("they are counted") {
                await vitals(of: inbox, recorder).health.hasSuffix(
                    "6 notices with no JSON object; 3 notices with no text \"table\"; 3 notices with another table; "
                        + "3 notices with no whole number \"key\" above 0")
            }
            #expect(recorder.log.count { $0.contains(" inbox.notice-ignored") } == 4)
            #expect(street.handedIn == 0)
        }
    }

    @Test func `does not spin where rows cannot be noted`() async throws {
        let (cluster, name) = try await database()
        let street = FakeStreet()
        try await cluster.run(
            """
            CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
            CREATE TRIGGER keep BEFORE UPDATE ON inbox_messages FOR EACH ROW EXECUTE FUNCTION keep()
            """, in: name)
        try await put(1..<3, cluster, name)
        try await withInbox(cluster.url(name), street, pollMilliseconds: 1) { inbox, recorder in
            await eventually("it says so") {
                await vitals(of: inbox, recorder).condition.reason?.contains("look for a trigger") == true
            }
            #expect(street.handedIn < 20)
            try await cluster.run("DROP TRIGGER keep ON inbox_messages", in: name)
            await allTaken(cluster, name)
        }
    }

    @Test func `forgets taken rows after a while, and never one that waits`() async throws {
        try await withHistory { link in
            _ = try await link.query(
                """
                INSERT INTO inbox_messages (topic, payload, created_at, taken_at)
                SELECT 'good', n, now() - interval '30 days', CASE WHEN n > 2 THEN now() - n * interval '1 day' END
                FROM generate_series(1, 12) AS n
                """)
            let now = try await link.query("SELECT now()").moment(0, 0)
            let receipt = try await RetentionUpkeep(link, HistoryRetention()).round(at: now)
            #expect(receipt.rows == 5)
            let left = try await link.query("SELECT string_agg(payload, ' ' ORDER BY message_id) FROM inbox_messages")
            #expect(try left.text(0, 0) == "1 2 3 4 5 6 7")
        }
    }
}
