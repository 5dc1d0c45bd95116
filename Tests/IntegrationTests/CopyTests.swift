import Foundation
import GRDB
import PostgresCluster
import Testing

extension WholeProgram {
    @Suite struct `doppel admin copy` {
        private static let count = 24_000
        private let devices = (0..<20).map { "ESP_" + String(0xD2_0000 + $0, radix: 16, uppercase: true) }

        @Test func `moves a history to PostgreSQL and back, killed on the way, and starts stopped`() async throws {
            let cluster = try await PostgresCluster()
            do {
                try await withSite { site in
                    try await fill(site)
                    let url = try await cluster.url(cluster.makeDatabase())
                    try await toPostgres(site, url, cluster)
                    let other = try Site()
                    do {
                        try await back(to: other, url)
                        try compare(site, other)
                        try await start(other)
                    } catch {
                        await other.discard()
                        throw error
                    }
                    await other.discard()
                }
            } catch {
                try await cluster.discard()
                throw error
            }
            try await cluster.discard()
        }

        /// Fills a journal by way of a broker.
        private func fill(_ site: Site) async throws {
            _ = try await site.startBroker()
            let server = try await site.serveReady([], site.external)
            try await site.introduce(devices, to: server)
            let flood = Flood(readings, port: site.brokerPort)
            await flood.start()
            try await eventually("everything is stored", within: .seconds(180)) {
                try Store(site).count() == Self.count
            }
            await flood.end()
            #expect(try await server.interrupt() == .code(0))
        }

        /// Copies to PostgreSQL, is killed when a part is there, and goes on.
        private func toPostgres(_ site: Site, _ url: String, _ cluster: PostgresCluster) async throws {
            let migrated = try await site.run(["admin", "migrate"], ["DOPPEL_HISTORY_URL": url])
            #expect(migrated.exit == .code(0), "\(migrated.tail)")
            let database = try #require(url.split(separator: "/").last.map(String.init))
            // So that there is a moment between two transactions.
            _ = try await cluster.run(
                """
                CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_sleep(0.5); RETURN new; END $$;
                CREATE TRIGGER linger BEFORE UPDATE ON journals FOR EACH ROW EXECUTE FUNCTION linger()
                """, in: database)
            func fed() async throws -> Int {
                Int(
                    try await cluster.run("SELECT coalesce(max(fed_through), 0) FROM journals", in: database)
                        .trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
            }
            let killed = try await site.doppel(Self.arguments(to: "postgres"), ["DOPPEL_HISTORY_URL": url])
            try await eventually("a part is there") { try await fed() > 0 }
            try await killed.kill()
            let part = try await fed()
            #expect((1..<Self.count).contains(part), "\(killed.tail)")
            let done = try await copy(site, url, to: "postgres")
            #expect(done.exit == .code(0), "\(done.tail)")
            #expect(done.output.contains("The counts are equal.") && done.output.contains("readings"))
            let stored = try await cluster.run("SELECT count(*) FROM sensor_readings", in: database)
            #expect(stored.trimmingCharacters(in: .whitespacesAndNewlines) == "\(Self.count)")
            let again = try await copy(site, url, to: "postgres")
            #expect(again.exit == .code(0), "\(again.tail)")
        }

        /// Copies back into an empty folder, is killed when a part is there, and goes on.
        private func back(to site: Site, _ url: String) async throws {
            let killed = try await site.doppel(Self.arguments(to: "sqlite"), ["DOPPEL_HISTORY_URL": url])
            let staged = site.data.appending(path: "copying/doppel.sqlite").path
            func reached() -> Int {
                (try? Self.queue(staged).read {
                    try Int.fetchOne($0, sql: "SELECT json_extract(place, '$.sequence') FROM copy_progress")
                }) ?? 0
            }
            try await eventually("a part is there") { reached() > 0 || killed.exit != nil }
            try await killed.kill()
            let part = reached()
            #expect(part > 0, "\(killed.tail)")
            let refused = try await site.run(["serve"])
            #expect(refused.exit != .code(0))
            #expect(refused.complaints.contains("is not finished"), "\(refused.tail)")

            let done = try await copy(site, url, to: "sqlite")
            #expect(done.exit == .code(0), "\(done.tail)")
            #expect(done.output.contains("Goes on behind fact \(part) "), "\(done.tail)")
            #expect(done.output.contains("STOPPED") && done.output.contains("The counts are equal."), "\(done.tail)")
            let again = try await copy(site, url, to: "sqlite")
            #expect(again.exit == .code(1) && again.complaints.contains("has a journal"), "\(again.tail)")
            let names = try FileManager.default.contentsOfDirectory(atPath: site.data.path)
            #expect(names.allSatisfy { !$0.hasPrefix("copy") }, "\(names)")
            let verified = try await site.run(["journal", "verify"])
            #expect(verified.exit == .code(0), "\(verified.tail)")
        }

        /// Compares both journals row by row.
        private func compare(_ site: Site, _ other: Site) throws {
            let tables = [
                """
                SELECT readings.sequence, device, gpio, type, address, claimed_ms, digest, event_ms, receipt_ms,
                    fact_ms, uptime_ms, raw, value, coalesce(readings.unit, sensors.unit) AS unit, quality, error_code,
                    is_timely, reported_quality, model, calibration, companion
                FROM readings JOIN sensors ON sensors.id = sensor_id ORDER BY readings.sequence
                """,
                """
                SELECT sequence, device, kind, unix_ms, uptime_ms, body, seal FROM facts
                WHERE body NOT LIKE '%copied from PostgreSQL%' ORDER BY sequence
                """,
                """
                SELECT sequence, hash FROM safety_records JOIN facts USING (sequence)
                WHERE body NOT LIKE '%copied from PostgreSQL%' ORDER BY sequence
                """,
                "SELECT device, last_sequence, body FROM snapshots ORDER BY device",
                "SELECT device, last_sequence, first_sequence, unix_ms FROM past_snapshots ORDER BY 1, 2",
                "SELECT id, device, gpio, unix_ms, state, body FROM commands ORDER BY id",
            ]
            let files = [site, other].map { $0.data.appending(path: "doppel.sqlite").path }
            for table in tables {
                let rows = try files.map { file in
                    try Self.queue(file).read { try Row.fetchAll($0, sql: table) }.map(\.description)
                }
                #expect(rows[0] == rows[1], "\(table)")
            }
        }

        /// Starts on the copy.
        private func start(_ site: Site) async throws {
            let server = try await site.serveReady()
            let report = try await server.http.get("/api/v1/emergency-stop").json
            #expect(report["active"].flag == true)
            let reason = report["incidents"][0]["reason"].text ?? ""
            #expect(reason.contains("copied from PostgreSQL"), "\(reason)")
            let twins = try await server.http.get("/api/v1/twins?limit=500").json["items"].items
            #expect(twins.count == devices.count)
            #expect(twins.allSatisfy { $0["emergency"].text == "stopped" && $0["status"].text == "approved" })
            #expect(try await server.interrupt() == .code(0))
        }

        @Test func `says what is missing`() async throws {
            let cluster = try await PostgresCluster.shared
            let url = try await cluster.url(cluster.makeDatabase())
            try await withSite { site in
                let same = try await site.run(["admin", "copy", "--from", "sqlite", "--to", "sqlite"])
                #expect(same.exit == .code(64) && same.complaints.contains("the same store"), "\(same.tail)")
                let nowhere = try await site.run(Self.arguments(to: "postgres"))
                #expect(nowhere.exit == .code(1) && nowhere.complaints.contains("DOPPEL_HISTORY_URL"))
                let empty = try await copy(site, url, to: "postgres")
                #expect(empty.exit == .code(1) && empty.complaints.contains("there is no journal"), "\(empty.tail)")
                let nothing = try await copy(site, url, to: "sqlite")
                #expect(nothing.exit == .code(1) && nothing.complaints.contains("no history"), "\(nothing.tail)")
                let stranger = try await copy(site, cluster.url(password: "wrong"), to: "sqlite")
                #expect(stranger.complaints.contains("password authentication failed"), "\(stranger.tail)")
                let server = try await site.serveReady()
                let running = try await copy(site, url, to: "postgres")
                #expect(running.exit == .code(1) && running.complaints.contains("another doppel"), "\(running.tail)")
                #expect(running.complaints.contains("copies by itself"), "\(running.tail)")
                #expect(try await server.interrupt() == .code(0))
                let done = try await copy(site, url, to: "postgres")
                #expect(done.exit == .code(0), "\(done.tail)")
                let unknown = try await site.run(
                    Self.arguments(to: "sqlite") + ["--journal", "x", "--data-directory", "\(site.folder.path)/new"],
                    ["DOPPEL_HISTORY_URL": url])
                #expect(unknown.exit == .code(1) && unknown.complaints.contains("no journal 'x'"), "\(unknown.tail)")
            }
        }

        private func copy(_ site: Site, _ url: String, to store: String) async throws -> Program {
            try await site.run(Self.arguments(to: store), ["DOPPEL_HISTORY_URL": url])
        }

        private static func arguments(to store: String) -> [String] {
            ["admin", "copy", "--from", store == "sqlite" ? "postgres" : "sqlite", "--to", store]
        }

        private static func queue(_ path: String) throws -> DatabaseQueue {
            var configuration = GRDB.Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            return try DatabaseQueue(path: path, configuration: configuration)
        }

        private var readings: [(topic: String, payload: String)] {
            let now = RawDevice.now
            return (0..<Self.count).map { number in
                let (device, raw) = (devices[number % devices.count], number / devices.count)
                return (
                    "kaiser/god/esp/\(device)/sensor/34/data",
                    RawDevice.reading(of: device, raw: raw, at: now * 1000 + raw)
                )
            }
        }
    }
}
