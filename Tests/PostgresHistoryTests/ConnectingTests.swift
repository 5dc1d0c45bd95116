import Foundation
import PostgresCluster
import PostgresHistory
import TestSupport
import Testing
import TwinRuntime

@Suite struct `Connecting to PostgreSQL` {
    /// Every text that a link gave out in its life.
    private func texts(_ recorder: LinkRecorder, _ vitals: PartVitals, _ failure: PostgresFailure?) -> String {
        (recorder.log + recorder.disconnected + [vitals.health, "\(vitals)", "\(String(describing: failure))"])
            .joined(separator: "\n")
    }

    @Test func `says which server answers`() async throws {
        try await withDatabase { link, recorder in
            await eventually("the link is up") { recorder.connected.count == 1 }
            let vitals = await vitals(of: link, recorder)
            #expect(vitals.condition == .ok)
            #expect(vitals.health.contains("PostgreSQL 1"))
            #expect(vitals.breaker == .closed)
        }
    }

    @Test func `fails with a wrong password, which nobody gets to read`() async throws {
        let cluster = try await PostgresCluster.shared
        try await withLink(cluster.url(password: "hunter2/é@")) {
            $0.deadlineMilliseconds = 300
        } _: { link, recorder in
            let failure = await failure { () async throws(PostgresFailure) in _ = try await link.query("SELECT 1") }
            #expect(failure?.kind == .unavailable)
            #expect(failure?.message.contains("password authentication failed") == true)
            let texts = await texts(recorder, vitals(of: link, recorder), failure)
            #expect(texts.contains("password authentication failed"))
            #expect(!texts.contains("hunter2"), "\(texts)")
        }
    }

    @Test func `says when a password is wanted and none is there`() async throws {
        let cluster = try await PostgresCluster.shared
        try await withLink("postgres://doppel@127.0.0.1:\(cluster.port)/postgres") { _, recorder in
            await eventually("the attempt failed") {
                recorder.disconnected.first?.contains("write one into the URL") == true
            }
        }
    }

    @Test func `goes on while there is no server, and the breaker opens and closes`() async throws {
        try await withCluster { cluster in
            try await cluster.stop()
            let limits = ReconnectPolicy.Limits(
                floorMilliseconds: 5, ceilingMilliseconds: 20, failuresToOpen: 5, openMilliseconds: 3_000,
                stableMilliseconds: 1_000)
            try await withLink(cluster.url()) {
                $0.reconnecting = limits
            } _: { link, recorder in
                await eventually("the breaker opens") { await vitals(of: link, recorder).breaker == .open }
                #expect(recorder.disconnected.count == 5)
                #expect(recorder.disconnected[0].contains("refused"))
                #expect(recorder.connected.isEmpty)
                let failure = await failure { () async throws(PostgresFailure) in _ = try await link.query("SELECT 1") }
                #expect(failure?.kind == .unavailable)
                #expect(failure?.isRetriable == true)
                #expect(await vitals(of: link, recorder).condition != .ok)
                try await cluster.start()
                await eventually("the link is up") { recorder.connected.count == 1 }
                #expect(await vitals(of: link, recorder).breaker == .closed)
                #expect(try await link.query("SELECT 1").integer(0, 0) == 1)
            }
        }
    }

    @Test func `tries the next host after one that refuses`() async throws {
        let cluster = try await PostgresCluster.shared
        let url = cluster.url().replacing("@127.0.0.1:\(cluster.port)", with: "@127.0.0.1:1,127.0.0.1:\(cluster.port)")
        try await withLink(url) { link, recorder in
            let rows = try await link.query("SELECT 1")
            #expect(rows.count == 1)
            #expect(recorder.disconnected.isEmpty)
        }
    }

    @Test func `goes through a Unix socket`() async throws {
        let cluster = try await PostgresCluster.shared
        let url = cluster.url().replacing("@127.0.0.1:", with: "@:") + "?host=\(cluster.folder.path)"
        try await withLink(url) { link, _ in
            let rows = try await link.query("SELECT inet_client_addr() IS NULL")
            #expect(try rows.boolean(0, 0) == true)
        }
    }

    @Test func `is encrypted where that is asked for, and to the right server only`() async throws {
        try await withCluster(isSecured: true) { cluster in
            let root = "sslrootcert=\(cluster.certificate.path)"
            for (host, parameters) in [
                ("127.0.0.1", "sslmode=require"), ("127.0.0.1", "sslmode=verify-ca&\(root)"),
                ("localhost", "sslmode=verify-full&\(root)"),
            ] {
                try await withLink(cluster.url(host: host, parameters: parameters)) { link, _ in
                    let rows = try await link.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                    #expect(try rows.boolean(0, 0) == true, "\(parameters)")
                    let many = try await link.query("SELECT repeat('x', 1000) FROM generate_series(1, 20000)")
                    #expect(many.count == 20_000)
                }
            }
            let wrong = cluster.url(host: "127.0.0.1", parameters: "sslmode=verify-full&\(root)")
            try await withLink(wrong) { _, recorder in
                await eventually("the attempt failed") { !recorder.disconnected.isEmpty }
                #expect(recorder.disconnected.first?.contains("does not match host name") == true)
                #expect(recorder.connected.isEmpty)
            }
            let plain = try await PostgresCluster.shared
            try await withLink(plain.url(parameters: "sslmode=require")) { _, recorder in
                await eventually("the attempt failed") { !recorder.disconnected.isEmpty }
                #expect(recorder.disconnected.first?.contains("does not support SSL") == true)
            }
        }
    }
}
