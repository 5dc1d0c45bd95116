import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

@Suite struct WatchdogTests {
    /// What the journal's part of the tree shows.
    private func journal(_ stage: Stage) -> PartVitals { stage.runtime.journalVitals() }

    @Test func `it looks at once and then in even steps until it is stopped`() {
        let loop = SimulatedLoop(startingAt: .fixtureNow)
        let diary = Diary()
        let watchdog = Watchdog(on: loop, periodMilliseconds: 500, probe: { nil }) { diary.note($0 ?? "well") }
        watchdog.start()
        loop.advance(byMilliseconds: 0)
        #expect(diary.read() == ["well"])
        loop.advance(byMilliseconds: 1_499)
        #expect(diary.read() == ["well", "well"])
        loop.advance(byMilliseconds: 1)
        #expect(diary.read() == ["well"])
        watchdog.stop()
        loop.advance(byMilliseconds: 60_000)
        #expect(diary.read() == [])
    }

    @Test func `the gate answers its self-test`() {
        #expect(GateSelfTest.failure(at: Moment(time: .fixtureNow, uptime: Uptime(milliseconds: 5))) == nil)
    }

    @Test func `an idle runtime answers, however long nothing has happened`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 3_600_000)
        #expect(stage.runtime.silence() == nil)
        stage.journal.mode = .held
        stage.read(.first, raw: 348, seq: 1)
        #expect(journal(stage).oldestBacklogMilliseconds == 0)
        #expect(journal(stage).condition == .ok)
    }

    @Test func `a commit that neither succeeds nor fails is a journal that does not answer`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        stage.read(.first, raw: 348, seq: 1)
        stage.pass(milliseconds: Runtime.unansweredCommitMilliseconds - 1)
        #expect(stage.runtime.silence() == nil)
        #expect(journal(stage).condition == .degraded("the oldest work has waited for the disk for 59999 ms"))
        stage.pass(milliseconds: 1)
        #expect(
            stage.runtime.silence() == "the journal does not answer: work has waited for 60000 ms, "
                + "and commits neither succeed nor fail")
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(stage.runtime.silence() == nil)
        #expect(journal(stage).condition == .ok)
    }

    @Test func `a full disk is an answer, for as long as commits are repeated`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        stage.read(.first, raw: 348, seq: 1)
        stage.pass(milliseconds: 10 * Runtime.unansweredCommitMilliseconds)
        #expect(stage.runtime.silence() == nil)
        #expect(journal(stage).condition == .failing("commits fail: the disk is full"))
        #expect(journal(stage).oldestBacklogMilliseconds == 10 * Runtime.unansweredCommitMilliseconds)

        stage.journal.mode = .held
        stage.pass(milliseconds: 5_000)
        #expect(stage.journal.isHolding)
        #expect(stage.runtime.silence() == nil)
        stage.pass(milliseconds: Runtime.unansweredCommitMilliseconds)
        #expect(stage.runtime.silence() != nil)
    }

    @Test func `a connection that is down is failing`() throws {
        let stage = try Stage.greenhouse()
        #expect(stage.runtime.vitals(of: .control).condition == .ok)
        stage.runtime.connection(.control, changedTo: .disconnected("refused", retryMilliseconds: 1_000))
        #expect(stage.runtime.vitals(of: .control).condition == .failing("down: refused"))
        #expect(stage.runtime.vitals(of: .ingest).condition == .ok)
    }
}
