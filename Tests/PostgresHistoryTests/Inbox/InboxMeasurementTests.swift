import PostgresCluster
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `The inbox's numbers` {
    @Test func `are what it takes, refuses and has waiting`() async throws {
        let cluster = try await PostgresCluster.shared
        let name = try await cluster.makeDatabase()
        try await withLink(cluster.url(name)) { link, _ in _ = try await SchemaMigrator(link).migrate() }
        func put(_ topic: String, _ payloads: ClosedRange<Int>) async throws {
            try await cluster.run(
                """
                INSERT INTO inbox_messages (topic, payload)
                SELECT '\(topic)', n FROM generate_series(\(payloads.lowerBound), \(payloads.upperBound)) AS n
                """, in: name)
        }
        let street = FakeStreet()
        try await put("good", 1...3)
        try await put("bad", 4...4)
        try await withInbox(cluster.url(name), street) { inbox, _ in
            func count(_ name: String) -> Double? {
                inbox.measurements().first { $0.name == "doppel_inbox_\(name)" }?.value
            }
            await eventually("all is taken") { count("taken_total") == 4 }
            #expect(count("refused_total") == 1 && count("waiting") == 0)
            try await cluster.run("NOTIFY handed_in, 'x'", in: name)
            await eventually("the notice is counted") { count("wrong_notices_total") == 1 }
            street.mode = .refusing(.unsuitable("not now"))
            try await put("good", 5...7)
            try await cluster.run(#"NOTIFY handed_in, '{"table":"inbox_messages","key":5}'"#, in: name)
            await eventually("what waits is counted") { count("waiting") == 3 }
            #expect(count("taken_total") == 4)
        }
    }
}
