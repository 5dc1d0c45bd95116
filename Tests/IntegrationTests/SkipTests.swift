import Foundation
import GRDB
import PostgresCluster
import Testing

extension WholeProgram {
    @Suite struct `doppel admin skip` {
        private let device = "ESP_E10001"

        /// Damages the first fact of the device, and tells its number.
        private func damage(_ site: Site) throws -> Int {
            let queue = try DatabaseQueue(path: site.data.appending(path: "doppel.sqlite").path)
            defer { try? queue.close() }
            return try queue.write { db in
                let row = try Int.fetchOne(
                    db, sql: "SELECT min(sequence) FROM facts WHERE device = ?", arguments: [device])
                try db.execute(sql: "UPDATE facts SET body = '{' WHERE sequence = ?", arguments: [row])
                return try #require(row)
            }
        }

        @Test func `has a feed that runs go past a damaged row, and past no other`() async throws {
            let cluster = try await PostgresCluster.shared
            let database = try await cluster.makeDatabase()
            let history = ["DOPPEL_HISTORY_URL": cluster.url(database)]
            try await withSite { site in
                let first = try await site.serveReady()
                try await site.introduce([device], to: first)
                #expect(try await first.interrupt() == .code(0))
                let row = try damage(site)
                let server = try await site.serveReady([], history)
                try await eventually("the feed names the row") {
                    try await server.http.get("/api/v1/supervision").text
                        .contains("row \(row) of the journal (of \(device)) cannot be fed")
                }
                let shown = try await site.run(["admin", "skip"], history)
                #expect(shown.exit == .code(0), "\(shown.tail)")
                #expect(shown.output.contains("Next comes row \(row), a fact of \(device); it cannot be read"))
                for arguments in [["--row", "\(row + 1)"], ["--record", "99"]] {
                    let refused = try await site.run(["admin", "skip"] + arguments, history)
                    #expect(refused.exit == .code(1), "\(refused.tail)")
                    #expect(refused.complaints.contains("Nothing was skipped"), "\(refused.tail)")
                }
                let skipped = try await site.run(["admin", "skip", "--row", "\(row)"], history)
                #expect(skipped.exit == .code(0), "\(skipped.tail)")
                try await eventually("the feed has gone on, and says what is missing") {
                    try await server.http.get("/api/v1/supervision").text
                        .contains("nothing waits; 1 rows were skipped by hand")
                }
                let record = try await cluster.run(
                    "SELECT position, skipped_by LIKE 'admin:%' FROM skipped_rows", in: database)
                #expect(record == "\(row)|t")
                // Nothing waits, or only what can be read.
                let again = try await site.run(["admin", "skip", "--row", "\(row)"], history)
                #expect(again.exit == .code(1), "\(again.tail)")
                #expect(try await server.interrupt() == .code(0))
            }
        }
    }
}
