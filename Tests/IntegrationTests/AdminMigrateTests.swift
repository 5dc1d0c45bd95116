import PostgresCluster
import Testing

extension WholeProgram {
    @Suite struct `doppel admin migrate` {
        /// Runs the command on a database, and returns its status and everything it said.
        private func run(_ arguments: [String] = [], on url: String?) async throws -> (status: Int32, text: String) {
            var result: (status: Int32, text: String) = (-1, "")
            try await withSite { site in
                let program = try await site.run(
                    ["admin", "migrate"] + arguments, url.map { ["DOPPEL_HISTORY_URL": $0] } ?? [:])
                if case .code(let status) = program.exit { result.status = status }
                result.text = program.lines.joined(separator: "\n")
            }
            return result
        }

        @Test func `shows, does, and takes back`() async throws {
            let cluster = try await PostgresCluster.shared
            let url = try await cluster.url(cluster.makeDatabase())
            let dry = try await run(["--dry-run"], on: url)
            #expect(dry.status == 0)
            #expect(dry.text.contains("would go from version 0 to 1") && dry.text.contains("Nothing was changed."))
            #expect(!dry.text.contains(PostgresCluster.password))
            let up = try await run(on: url)
            #expect(up.status == 0 && up.text.contains("went from version 0 to 1"))
            let again = try await run(on: url)
            #expect(again.status == 0 && again.text.contains("nothing to do"))
            let refused = try await run(["--to", "0"], on: url)
            #expect(refused.status == 1 && refused.text.contains("--accept-data-loss"))
            let down = try await run(["--to", "0", "--accept-data-loss"], on: url)
            #expect(down.status == 0 && down.text.contains("(removes data)"))
        }

        @Test func `says what is missing`() async throws {
            let nothing = try await run(on: nil)
            #expect(nothing.status == 1 && nothing.text.contains("DOPPEL_HISTORY_URL"))
            let nobody = try await run(on: "postgres://mara:s3cret@127.0.0.1:1/doppel")
            #expect(nobody.status == 1 && nobody.text.contains("cannot be reached") && !nobody.text.contains("s3cret"))
            let cluster = try await PostgresCluster.shared
            let stranger = try await run(on: cluster.url(password: "wrong"))
            #expect(stranger.status == 1 && stranger.text.contains("password authentication failed"))
            #expect(stranger.text.contains("\nTo do: Correct user and password in DOPPEL_HISTORY_URL"))
            let unknown = try await run(["--to", "7"], on: cluster.url(cluster.makeDatabase()))
            #expect(unknown.status == 1 && unknown.text.contains("There is no version 7"))
        }
    }
}
