import EventLoop
import PostgresCluster
import PostgresHistory
import TestSupport
import Testing
import TwinRuntime

@Suite struct `PostgreSQL in trouble` {
    private func numbers(_ count: Int) -> [[UInt8]] {
        var writer = CopyWriter(columns: 2)
        for number in 0..<count {
            writer.beginRow()
            writer.integer8(Int64(number))
            writer.text("the row with number \(number), which is as long as rows are")
        }
        return writer.finish()
    }

    private let table = "CREATE TABLE t (n bigint, text text)"
    private let copy = "COPY t FROM STDIN (FORMAT binary)"

    @Test func `a COPY of many rows leaves the loop to others`() async throws {
        try await withDatabase { link, recorder in
            _ = try await link.query(table)
            let pieces = numbers(200_000)
            await recorder.beginTicking()
            let results = try await link.transaction([.copy(copy, pieces), .statement("SELECT count(*) FROM t")])
            let ticks = recorder.endTicking()
            #expect(results[0].affected == 200_000)
            #expect(try results[1].integer(0, 0) == 200_000)
            #expect(ticks > 20)
        }
    }

    @Test func `a server that is killed in the midst of a COPY has stored nothing of it`() async throws {
        try await withCluster { cluster in
            try await withLink(cluster.url()) { link, recorder in
                _ = try await link.query(table)
                // The lock holds the COPY up where part of the data has left.
                let pieces = numbers(200_000)
                async let outcome = failure { () async throws(PostgresFailure) in
                    try await link.transaction([
                        .copy(copy, pieces), .statement("SELECT pg_sleep(60)"), .copy(copy, pieces),
                    ])
                }
                await eventually("the COPY is under way") {
                    (try? await cluster.run(
                        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()"
                    ))
                        == "1"
                }
                try await cluster.stop(.killed)
                #expect(await outcome?.kind == .lost(mayHaveHappened: false))
                try await cluster.start()
                await eventually("the link is up again") { recorder.connected.count == 2 }
                #expect(try await link.query("SELECT count(*) FROM t").integer(0, 0) == 0)
            }
        }
    }

    @Test func `a statement that was under way may have happened, one in a transaction has not`() async throws {
        try await withCluster { cluster in
            try await withLink(cluster.url()) { link, recorder in
                _ = try await link.query("SELECT 1")
                for isTransaction in [false, true] {
                    async let outcome = failure { () async throws(PostgresFailure) in
                        let sleep = "SELECT pg_sleep(60)"
                        if isTransaction {
                            try await link.transaction([.script(sleep)])
                        } else {
                            _ = try await link.query(sleep)
                        }
                    }
                    await eventually("the statement is under way") {
                        (try? await cluster.run(
                            "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'"
                        )) == "1"
                    }
                    try await cluster.stop(isTransaction ? .immediate : .killed)
                    #expect(await outcome?.kind == .lost(mayHaveHappened: !isTransaction))
                    try await cluster.start()
                    await eventually("the link is up again") { await vitals(of: link, recorder).condition == .ok }
                }
            }
        }
    }

    @Test func `a server that stands still is given up, and used again when it goes on`() async throws {
        try await withCluster { cluster in
            try await withLink(cluster.url(parameters: "connect_timeout=2")) { link, recorder in
                _ = try await link.query("CREATE TABLE t (n int)")
                cluster.pause()
                let overdue = await failure { () async throws(PostgresFailure) in
                    try await link.transaction([.statement("INSERT INTO t VALUES (1)")], deadlineMilliseconds: 100)
                }
                #expect(overdue?.kind == .overdue(mayHaveHappened: true))
                let unavailable = await failure { () async throws(PostgresFailure) in
                    _ = try await link.query("SELECT 1", deadlineMilliseconds: 100)
                }
                #expect(unavailable?.kind == .unavailable)
                await eventually("an attempt is given up") {
                    recorder.disconnected.contains { $0.contains("did not let us in within 2 s") }
                }
                cluster.resume()
                await eventually("the link is up again") { recorder.connected.count == 2 }
                #expect(try await link.query("SELECT count(*) FROM t WHERE n > 1").integer(0, 0) == 0)
            }
        }
    }

    @Test func `what was given up is ended at the server`() async throws {
        let cluster = try await PostgresCluster.shared
        let database = try await cluster.makeDatabase()
        try await withLink(cluster.url(database)) { link, recorder in
            _ = try await link.query("CREATE TABLE t (n int)")
            let overdue = await failure { () async throws(PostgresFailure) in
                try await link.transaction(
                    [.statement("SELECT pg_sleep(30)"), .statement("INSERT INTO t VALUES (1)")],
                    deadlineMilliseconds: 100)
            }
            #expect(overdue?.kind == .overdue(mayHaveHappened: true))
            await eventually("only one session is left", within: .seconds(10)) {
                (try? await cluster.run("SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database)'")) == "1"
            }
            #expect(try await link.query("SELECT count(*) FROM t").integer(0, 0) == 0)
            #expect(recorder.connected.count == 2)
        }
    }

    @Test func `whoever stops the link answers what waits`() async throws {
        try await withDatabase { link, recorder in
            _ = try await link.query("SELECT 1")
            async let first = failure { () async throws(PostgresFailure) in
                _ = try await link.query("SELECT pg_sleep(60)")
            }
            await eventually("the first is under way") { await vitals(of: link, recorder).backlog == 0 }
            async let second = failure { () async throws(PostgresFailure) in _ = try await link.query("SELECT 2") }
            await eventually("the second waits") { await vitals(of: link, recorder).backlog == 1 }
            await withCheckedContinuation { continuation in recorder.loop.post { link.stop { continuation.resume() } } }
            #expect(await first?.kind == .lost(mayHaveHappened: true))
            #expect(await second?.kind == .stopped)
            let third = await failure { () async throws(PostgresFailure) in _ = try await link.query("SELECT 3") }
            #expect(third?.kind == .stopped)
        }
    }
}
