import PostgresCluster
import PostgresHistory
import TestSupport
import Testing

@Suite struct `Notifications` {
    @Test func `reach whoever listens, also on the next connection`() async throws {
        let cluster = try await PostgresCluster.shared
        let database = try await cluster.makeDatabase()
        try await withLink(cluster.url(database)) {
            $0.channels = ["doppel_events", "Odd \"one\""]
        } _: { _, recorder in
            await eventually("the link listens") { recorder.connected.count == 1 }
            try await cluster.run(#"NOTIFY doppel_events, 'one'; NOTIFY "Odd ""one""", 'two'"#, in: database)
            await eventually("both arrive") { recorder.notified == ["doppel_events: one", "Odd \"one\": two"] }
            try await cluster.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database)' AND pid <> pg_backend_pid()",
                in: database)
            await eventually("the link listens again") { recorder.connected.count == 2 }
            try await cluster.run("NOTIFY doppel_events, 'three'", in: database)
            await eventually("the third arrives") { recorder.notified.last == "doppel_events: three" }
            #expect(recorder.notified.count == 3)
        }
    }
}
