import PostgresCluster
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `The history's feed goes on` {
    private func url() async throws -> String {
        let cluster = try await PostgresCluster.shared
        return try await cluster.url(cluster.makeDatabase())
    }

    @Test func `with corrections, however many rows come`() async throws {
        let source = FakeSource()
        source.addReadings(20)
        try await withFeeds(await url(), [source], batchRows: 5) { feeds, link, recorder in
            await eventually("the first rows are fed") { source.fedThrough >= 20 }
            source.keepBusy(true)
            source.recompute({ $0 * 3 }) { $0 % 2 == 0 && $0 <= 20 }
            await eventually("the corrections are fed", within: .seconds(15)) { source.changed.isEmpty }
            source.keepBusy(false)
            await fed(source)
            let wrong = try await difference(link, source)
            #expect(wrong == nil)
        }
    }
}
