import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// A command that waited for the disk leaves with what is left of its time.
@Suite struct WaitedCommandTests {
    private func left(after milliseconds: Int64, seconds: Int) throws -> Stage {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        _ = stage.command(.on, seconds: seconds)
        stage.pass(milliseconds: milliseconds)
        stage.journal.mode = .prompt
        stage.journal.release()
        return stage
    }

    @Test func `it expires when it would have, and ends when its lease does`() throws {
        let stage = try left(after: 2_600, seconds: 60)
        let publication = try #require(stage.broker.publications.first { $0.member("command") == "ON" })
        #expect(publication.expirySeconds == 2)
        #expect(publication.member("ttl_ms") == "2400")
        #expect(publication.member("duration") == "58")
    }

    @Test func `nothing leaves of which nothing is left`() throws {
        for (waited, seconds) in [(5_000, 60), (3_000, 3)] as [(Int64, Int)] {
            let stage = try left(after: waited, seconds: seconds)
            stage.settle()
            #expect(!stage.left().contains("ESP_7C19F2/26 ON"))
            #expect(stage.output()?.lease == nil)
        }
    }
}
