import Foundation
import PostgresCluster
import Testing

extension WholeProgram {
    /// Readings that come through a table of PostgreSQL, and what those hear who listen there.
    @Suite struct `The inbox and the notices` {
        private static let channel = "doppel_inbox"

        private func settings(_ cluster: PostgresCluster, _ database: String) -> [String: String] {
            [
                "DOPPEL_HISTORY_URL": cluster.url(database), "DOPPEL_HISTORY_INBOX_CHANNEL": Self.channel,
            ]
        }

        /// What OPERATIONS.md shows: a trigger that notifies of each row.
        private func makeTrigger(_ cluster: PostgresCluster, _ database: String) async throws {
            try await eventually("the schema is there") {
                try await cluster.run("SELECT to_regclass('inbox_messages') IS NOT NULL", in: database) == "t"
            }
            let page = try String(contentsOf: Site.repository.appending(path: "docs/OPERATIONS.md"), encoding: .utf8)
            let script = page.split(separator: "```").first { $0.contains("CREATE TRIGGER announce_inbox") }
            try await cluster.run(String(try #require(script).dropFirst("sql".count)), in: database)
        }

        private func insert(
            _ device: String, _ raws: Range<Int>, at now: Int, _ cluster: PostgresCluster, _ database: String
        ) async throws {
            let rows = raws.map { raw in
                "('kaiser/god/esp/\(device)/sensor/34/data', '\(RawDevice.reading(of: device, raw: raw, at: now + raw))')"
            }
            try await cluster.run(
                "INSERT INTO inbox_messages (topic, payload) VALUES \(rows.joined(separator: ","))", in: database)
        }

        @Test func `bring a row to its twin, and a listener hears of it`() async throws {
            let cluster = try await PostgresCluster.shared
            let database = try await cluster.makeDatabase()
            let device = "ESP_E00001"
            try await withSite { site in
                let server = try await site.serveReady([], settings(cluster, database))
                try await site.introduce([device], to: server)
                try await makeTrigger(cluster, database)
                async let heard = cluster.run(
                    """
                    LISTEN doppel_events; COMMIT;
                    DO $$ BEGIN
                        WHILE (SELECT count(*) FROM sensor_readings) < 3 LOOP PERFORM pg_sleep(0.02); END LOOP;
                    END $$
                    """, in: database)
                try await eventually("somebody listens") {
                    let sql = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN doppel_events%DO%'"
                    return try await cluster.run(sql, in: database) == "1"
                }
                try await insert(device, 11..<14, at: RawDevice.now * 1000, cluster, database)
                let path = "/api/v1/twins/\(device)/sensors/34/history?type=moisture&limit=10"
                try await eventually("the twin has the readings") {
                    try await server.http.get(path).json["items"].items.compactMap { $0["raw"].number } == [13, 12, 11]
                }
                #expect(try await heard.contains(#""sensor_readings":3"#))
                try await cluster.run(
                    "INSERT INTO inbox_messages (topic, payload) VALUES ('kaiser/god/esp/\(device)/actuator/26/command', '{}')",
                    in: database)
                try await eventually("a command is refused, and that is noted") {
                    try await cluster.run("SELECT refusal FROM inbox_messages WHERE refusal IS NOT NULL", in: database)
                        .hasPrefix("unsupported_topic: only readings may come this way")
                }
                let tree = try await server.http.get("/api/v1/supervision").text
                #expect(tree.contains("took 4 messages, 1 of them refused; none waits"))
                let metrics = try await server.http.get("/metrics").text
                #expect(metrics.contains("doppel_inbox_taken_total 4\n") && metrics.contains("_refused_total 1\n"))
                #expect(try await server.interrupt() == .code(0))
            }
        }

        @Test func `store each row once however often Doppel is killed`() async throws {
            let cluster = try await PostgresCluster.shared
            let database = try await cluster.makeDatabase()
            let device = "ESP_E00002"
            let (rounds, perRound) = (30, 200)
            try await withSite { site in
                let settings = settings(cluster, database)
                let server = try await site.serveReady([], settings)
                try await site.introduce([device], to: server)
                try await makeTrigger(cluster, database)
                async let inserted: Void = {
                    let now = RawDevice.now * 1000
                    for round in 0..<rounds {
                        try await insert(
                            device, round * perRound..<(round + 1) * perRound, at: now, cluster, database)
                    }
                }()
                var running = server
                for kill in 1...5 {
                    let goal = kill * perRound * rounds / 8
                    try await eventually("\(goal) readings are stored", within: .seconds(60)) {
                        try Store(site).readings()[device]?.count ?? 0 >= goal
                    }
                    try await running.program.kill()
                    running = try await site.serve([], settings)
                }
                try await inserted
                try await eventually("every row is taken", within: .seconds(90)) {
                    try await cluster.run("SELECT count(*) FROM inbox_messages WHERE taken_at IS NULL", in: database)
                        == "0"
                }
                let stored = try Store(site).readings()[device] ?? [:]
                #expect(stored.keys.sorted() == Array(0..<rounds * perRound))
                #expect(stored.values.allSatisfy { $0 == 1 })
                let refused = "SELECT count(*) FROM inbox_messages WHERE refusal IS NOT NULL"
                #expect(try await cluster.run(refused, in: database) == "0")
                try await eventually("PostgreSQL has each once", within: .seconds(60)) {
                    let sql = "SELECT count(*), count(DISTINCT raw_value) FROM sensor_readings"
                    return try await cluster.run(sql, in: database) == "\(rounds * perRound)|\(rounds * perRound)"
                }
                #expect(try await running.interrupt() == .code(0))
            }
        }
    }
}
