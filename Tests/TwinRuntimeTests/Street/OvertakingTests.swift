import Testing
import TwinCore

@testable import TwinRuntime

/// What takes the place of a command that waits for its commit, takes it for good.
@Suite struct OvertakingTests {
    /// A greenhouse in which an ON waits for a commit that is under way.
    private func waiting() throws -> Stage {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        _ = stage.command(.on, seconds: 60)
        return stage
    }

    private func release(_ stage: Stage) {
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
    }

    @Test func `a stop overtakes a command for good`() throws {
        let stage = try waiting()
        _ = stage.stop(.device(.first))
        release(stage)
        #expect(stage.left() == ["ESP_7C19F2 stop", "ESP_7C19F2/26 OFF", "ESP_7C19F2/25 OFF"])
        #expect(stage.output()?.lastCommand?.state == .stopped)
    }

    @Test func `an OFF overtakes a command for good`() throws {
        let stage = try waiting()
        _ = stage.command(.off)
        release(stage)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        #expect(stage.output()?.lastCommand?.state == .superseded)
        #expect(stage.output()?.lease == nil)
    }

    @Test func `of two commands that wait only the later one leaves`() throws {
        let stage = try waiting()
        _ = stage.command(.on, seconds: 30)
        release(stage)
        #expect(stage.broker.publications.map { $0.member("duration") } == ["30"])
    }

    @Test func `a rejection overtakes a command for good`() throws {
        let stage = try waiting()
        stage.runtime.assumeIsolated { $0.admit(.first, .reject, by: "user:mara") { _ in } }
        release(stage)
        #expect(!stage.left().contains("ESP_7C19F2/26 ON"))
    }

    @Test func `an orderly end overtakes a command for good`() throws {
        let stage = try waiting()
        stage.runtime.assumeIsolated { $0.end {} }
        release(stage)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
    }

    @Test func `a stop overtakes a clearing for good`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.stop(.device(.first))
        _ = stage.clear()
        stage.broker.forget()
        stage.journal.mode = .held
        stage.pass(milliseconds: 5_500)
        #expect(stage.journal.isHolding)
        #expect(stage.left().allSatisfy { $0.hasSuffix("OFF") })
        _ = stage.stop(.device(.first))
        release(stage)
        #expect(stage.left() == ["ESP_7C19F2 stop", "ESP_7C19F2/26 OFF", "ESP_7C19F2/25 OFF"])
        #expect(stage.twin()?.device.isStopped == true)
    }

    @Test func `a device that goes away overtakes a command for good`() throws {
        let stage = try waiting()
        stage.hear(from: .first, "system/will", "{\"status\":\"offline\",\"esp_id\":\"ESP_7C19F2\",\"timestamp\":0}")
        release(stage)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        #expect(stage.output()?.lastCommand?.state == .failed)
    }

    @Test func `a command of another output is not overtaken`() throws {
        let stage = try waiting()
        _ = stage.command(.off, .first, 25)
        release(stage)
        #expect(stage.left() == ["ESP_7C19F2/25 OFF", "ESP_7C19F2/26 ON"])
    }

    @Test func `a command that waits behind a commit that fails is given up with it`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        stage.read(.first, raw: 348, seq: 1)
        let reply = stage.command(.on, seconds: 60)
        #expect(reply.value == nil)
        stage.journal.fail()
        #expect(throws: ServiceError.journalUnavailable("the disk is full")) { try reply.value?.get() }
        stage.journal.mode = .prompt
        stage.pass(milliseconds: 10_000)
        #expect(!stage.left().contains("ESP_7C19F2/26 ON"))
    }

    @Test func `a renewal that is given up ends the lease it renewed and drives the output off`() throws {
        let stage = try Stage.greenhouse()
        let id = try #require(try stage.command(.on, seconds: 600).value?.get().order.id)
        stage.answer(.first, 26, id)
        stage.show(.first, 26, .on)
        stage.broker.forget()
        stage.journal.mode = .failing
        _ = stage.command(.on, seconds: 600)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        #expect(stage.output()?.lease == nil)
    }
}
