import Foundation
import PostgresCluster
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `A user that is not the schema's owner` {
    /// Makes a database with the schema, and a user that has the rights which the decision lists.
    private func makeUser() async throws -> String {
        let cluster = try await PostgresCluster.shared
        let database = try await cluster.makeDatabase()
        try await withLink(cluster.url(database)) { link, _ in _ = try await SchemaMigrator(link).migrate() }
        let user = "feeder_\(database)"
        try await cluster.run(
            """
            CREATE ROLE \(user) LOGIN PASSWORD 'feeder';
            GRANT USAGE ON SCHEMA public TO \(user);
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \(user);
            GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO \(user);
            """, in: database)
        return cluster.url(database, password: "feeder")
            .replacing("//\(PostgresCluster.user):", with: "//\(user):")
    }

    @Test func `feeds, makes partitions, rolls up and drops what is old`() async throws {
        let source = FakeSource()
        // Retention counts from PostgreSQL's clock and from the last row that was fed.
        let day: Int64 = 86_400_000
        let later = UnixTime(milliseconds: Int64(Date.now.timeIntervalSince1970) * 1_000 / day * day)
        let noon = later.advanced(byMilliseconds: -9 * day + day / 2)
        source.addReadings(30, receivedLater: noon.milliseconds - FakeSource.start.milliseconds) {
            noon.advanced(byMilliseconds: Int64($0) * 1_000)
        }
        source.addFact()
        try await withFeeds(try await makeUser(), [source]) { _, link, _ in
            await fed(source)
            source.recompute({ $0 * 3 }) { $0 < 9 }
            await eventually("the corrections are fed") { source.changed.isEmpty }
            let wrong = try await difference(link, source)
            #expect(wrong == nil)
            let partitions = "SELECT count(*) FROM partitions WHERE parent = 'sensor_readings'"
            let before = try await link.query(partitions)
            #expect(try before.integer(0, 0) == 1)
            source.addReadings(1, receivedLater: later.milliseconds - FakeSource.start.milliseconds) { _ in later }
            await fed(source)
            let upkeep = RollupUpkeep(link, calendar: .utc)
            while case .did = try await upkeep.proceed(at: later) {}
            let receipt = try await RetentionUpkeep(link, HistoryRetention(readingsDays: 5)).round(at: later)
            #expect(receipt.dropped.count == 1)
            let after = try await link.query(partitions)
            #expect(try after.integer(0, 0) == 1)
        }
    }

    @Test func `may make and drop the schema's own partitions, and nothing else`() async throws {
        try await withLink(try await makeUser()) { link, _ in
            for table in ["events", "sensor_readings", "sensor_readings_default", "pg_class", "no such table"] {
                let refusal = await failure { () async throws(PostgresFailure) in
                    _ = try await link.query("SELECT drop_partition($1)", [.text(table)])
                }
                #expect(refusal?.kind == .refused, "\(table)")
            }
            let refusal = await failure { () async throws(PostgresFailure) in
                _ = try await link.query("SELECT ensure_partition('events', 'mine', now(), now())")
            }
            #expect(refusal?.sqlState == "42501")
            #expect(refusal?.advice?.contains("role that owns") == true)
        }
    }
}

@Suite struct `A database with settings of its own` {
    @Test func `that reads backslashes in strings the old way is used all the same`() async throws {
        let cluster = try await PostgresCluster.shared
        let database = try await cluster.makeDatabase()
        try await cluster.run("ALTER DATABASE \(database) SET standard_conforming_strings = off")
        let source = FakeSource()
        source.addFact()
        source.put(.example("c\0\\1"))
        try await withFeeds(cluster.url(database), [source]) { _, link, _ in
            await fed(source)
            let commands = try await link.query("SELECT count(*) FROM commands WHERE command = 'PWM'")
            #expect(try commands.integer(0, 0) == 1)
            let setting = try await link.query("SHOW standard_conforming_strings")
            #expect(try setting.text(0, 0) == "on")
        }
        // Whoever else looks at it has a session of their own.
        let seen = try await cluster.run("SELECT readable(body) ->> 'text' FROM events", in: database)
        #expect(seen.contains("a\u{FFFD}b"))
    }
}
