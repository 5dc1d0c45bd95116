import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

@Suite struct FailingJournalTests {
    /// A greenhouse whose journal has failed once, on a reading.
    private func failing() throws -> Stage {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        stage.read(.first, raw: 348, seq: 1)
        return stage
    }

    /// What is in front of the stop goes with it, and what comes behind does not.
    @Test func `a stop is stored where there is room for stops alone, and what it leaves out is said`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .full
        stage.read(.first, raw: 348, seq: 1)
        let committed = stage.journal.committed.count
        #expect(stage.report.isDurable)
        #expect(try stage.stop(.all).value?.get().isDurable == false)
        #expect(!stage.report.isDurable)
        stage.pass(milliseconds: 5_000)
        let stored = stage.journal.committed.dropFirst(committed).flatMap(\.facts).map(\.event)
        #expect(stored.contains { if case .sensor(_, .sampled) = $0 { true } else { false } })
        #expect(stored.contains { if case .site(.stopLatched) = $0 { true } else { false } })
        #expect(stage.report.isDurable)
        stage.read(.first, raw: 349, seq: 2)
        #expect(stage.runtime.journalVitals().condition != .ok)
        #expect(stage.report.isDurable)
        #expect(try stage.command(.on, seconds: 60).value?.get().state == .refused)
    }

    @Test func `an energising command whose commit fails is given up and never sent`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        let reply = stage.command(.on, seconds: 60)
        #expect(throws: ServiceError.journalUnavailable("the disk is full")) { try reply.value?.get() }
        #expect(stage.output()?.lastCommand?.state == .failed)
        #expect(stage.output()?.lease == nil)
        stage.journal.mode = .prompt
        stage.pass(milliseconds: 60_000)
        let left = stage.left()
        #expect(left.first == "ESP_7C19F2/26 OFF")
        #expect(!left.contains("ESP_7C19F2/26 ON"))
    }

    @Test func `while commits fail energising is refused by the journal's limit`() throws {
        let stage = try failing()
        let reply = stage.command(.on, seconds: 60)
        let record = try #require(try reply.value?.get())
        #expect(record.state == .refused)
        #expect(record.refusedBy == .journal)
        #expect(stage.left() == [])
        #expect(stage.output()?.lease == nil)
    }

    @Test func `while commits fail an OFF leaves and is answered`() throws {
        let stage = try failing()
        let reply = stage.command(.off)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        #expect(try reply.value?.get().state == .accepted)
    }

    @Test func `an OFF whose commit fails is answered all the same`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        let reply = stage.command(.off)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        #expect(try reply.value?.get().state == .accepted)
    }

    @Test func `while commits fail a lease ends with an OFF`() throws {
        let stage = try Stage.greenhouse()
        let reply = stage.command(.on, seconds: 10)
        let id = try #require(try reply.value?.get().order.id)
        stage.answer(.first, 26, id)
        stage.show(.first, 26, .on)
        stage.broker.forget()
        stage.journal.mode = .failing
        stage.pass(milliseconds: 10_000)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
    }

    @Test func `while commits fail nothing is acknowledged and afterwards everything is durable once`() throws {
        let stage = try failing()
        let before = stage.broker.acknowledgements
        stage.pass(milliseconds: 10_000)
        stage.read(.first, raw: 349, seq: 2)
        stage.pass(milliseconds: 10_000)
        #expect(stage.broker.acknowledgements == before)
        #expect(stage.journal.disk.digests.isEmpty)
        stage.journal.mode = .prompt
        stage.pass(milliseconds: 5_000)
        #expect(stage.broker.acknowledgements == before + 1)
        #expect(stage.journal.disk.digests.count == 2)
        #expect(stage.journal.disk.duplicateSamples == 0)
        #expect(stage.journal.disk.facts.map(\.sequence) == (1...stage.journal.disk.lastSequence).map { $0 })
    }

    @Test func `a commit is repeated at growing intervals of at most five seconds`() {
        #expect([1, 2, 3, 5, 6, 100].map(Runtime.commitRetryMilliseconds) == [100, 200, 400, 1_600, 3_200, 5_000])
    }

    @Test func `energising is let pass again after the first commit that succeeds`() throws {
        let stage = try failing()
        stage.journal.mode = .prompt
        stage.pass(milliseconds: 5_000)
        let reply = stage.command(.on, seconds: 60)
        #expect(try reply.value?.get().state == .accepted)
        #expect(stage.left() == ["ESP_7C19F2/26 ON"])
    }

    @Test func `energising is refused while the commit that failed is repeated`() throws {
        let stage = try failing()
        stage.journal.mode = .held
        stage.pass(milliseconds: 1_000)
        #expect(stage.journal.isHolding)
        let reply = stage.command(.on, seconds: 60)
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(try reply.value?.get().refusedBy == .journal)
        #expect(stage.left() == [])
    }

    @Test func `the runtime says that it takes no facts`() throws {
        let stage = try failing()
        #expect(stage.runtime.assumeIsolated { $0.unreadiness() } == "the journal takes no facts: the disk is full")
        #expect(stage.runtime.journalVitals().health == "commit failed 1 times: the disk is full")
        #expect(measurement("doppel_journal_takes_facts", of: stage) == 0)
        stage.journal.mode = .prompt
        stage.pass(milliseconds: 5_000)
        #expect(stage.runtime.assumeIsolated { $0.unreadiness() } == nil)
        #expect(measurement("doppel_journal_takes_facts", of: stage) == 1)
        #expect(measurement("doppel_failed_commits_total", of: stage) == 1)
    }

    @Test func `what waits for the disk is bounded and an OFF leaves all the same`() throws {
        let stage = try failing()
        while stage.runtime.assumeIsolated({ $0.open.batch.facts.count < Runtime.undurableFactLimit }) {
            _ = stage.command(.off)
        }
        stage.broker.forget()
        let reply = stage.command(.off)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        #expect(throws: ServiceError.journalUnavailable("the disk is full")) { try reply.value?.get() }
        #expect(stage.runtime.assumeIsolated { $0.open.batch.facts.count } <= Runtime.undurableFactLimit + 4)
    }

    @Test func `an approval whose commit fails says so`() throws {
        let stage = try Stage.started(options: RuntimeOptions(approval: .manual))
        stage.beat(.first)
        stage.journal.mode = .failing
        let box = Box<Result<TwinView, ServiceError>>()
        stage.runtime.assumeIsolated { $0.admit(.first, .approve, by: "user:mara") { box.value = $0 } }
        stage.settle()
        #expect(throws: ServiceError.journalUnavailable("the disk is full")) { try box.value?.get() }
    }

    private func measurement(_ name: String, of stage: Stage) -> Double? {
        stage.runtime.assumeIsolated { $0.measurements() }.first { $0.name == name }?.value
    }
}
