import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

@Suite struct RecoveryTests {
    /// A greenhouse with a bit of everything behind it.
    private func eventful(_ stage: Stage) throws {
        for number in 1...20 {
            stage.read(.first, raw: 300 + number, seq: number)
            stage.pass(milliseconds: 700)
        }
        stage.read(.first, raw: -2032, seq: 99)
        let id = try #require(try stage.command(.on, seconds: 600).value?.get().order.id)
        stage.answer(.first, 26, id)
        stage.show(.first, 26, .on)
        _ = stage.command(.on, .second, 25, seconds: 5)
        stage.pass(milliseconds: 30_000)
        _ = stage.command(.toggle, .second, 26)
        stage.hear(
            from: .first, "actuator/26/alert",
            "{\"esp_id\":\"ESP_7C19F2\",\"ts\":1777600000,\"gpio\":26,\"alert_type\":\"hardware_error\"}")
        stage.hear(
            from: .first, "session/announce",
            "{\"esp_id\":\"ESP_7C19F2\",\"handover_epoch\":4,\"session_epoch\":4,\"reason\":\"reconnect\"}")
        _ = stage.stop(.device(.second))
        stage.hear(from: .second, "system/will", "{\"status\":\"offline\",\"esp_id\":\"ESP_0D44A19C\",\"timestamp\":0}")
        stage.pass(milliseconds: 3_000)
    }

    @Test func `a replay gives the live twins, with and without snapshots`() throws {
        let stage = try Stage.greenhouse()
        try eventful(stage)
        #expect(stage.runtime.assumeIsolated { $0.isQuiet })
        #expect(stage.journal.disk.snapshots.count == 2)
        for usesSnapshots in [true, false] {
            #expect(RuntimeRun.replay(stage.journal.disk, .usual, usesSnapshots: usesSnapshots) == stage.twins)
        }
    }

    @Test func `a replay over several runs gives the live twins`() throws {
        let first = try Stage.greenhouse()
        try eventful(first)
        let second = try Stage.started(on: first.journal.disk, seed: 2)
        second.beat(.first, boot: "b7")
        second.read(.first, raw: 400, seq: 500)
        second.pass(milliseconds: 60_000)
        for usesSnapshots in [true, false] {
            #expect(RuntimeRun.replay(second.journal.disk, .usual, usesSnapshots: usesSnapshots) == second.twins)
        }
    }

    @Test func `after a restart an output is unknown until its device speaks`() throws {
        let before = try Stage.greenhouse()
        before.read(.first, raw: 348, seq: 1)
        let stage = try Stage.started(on: before.journal.disk)
        #expect(stage.twin()?.device.status == .approved)
        #expect(stage.output()?.confirmed == nil)
        #expect(stage.twin()?.sensors.first?.latest?.value == 21.75)
        stage.show(.first, 26, .off)
        #expect(stage.output()?.confirmed?.isOn == false)
        #expect(stage.twin()?.device.status == .online)
    }

    @Test func `a command that was under way when the process died is over and its output driven off`() throws {
        let before = try Stage.greenhouse()
        _ = before.command(.on, seconds: 60)
        let stage = try Stage.started(on: before.journal.disk)
        #expect(stage.output()?.lastCommand?.state == .failed)
        #expect(stage.output()?.safeState?.cause == .restarted)
        #expect(stage.output()?.lease == nil)
        stage.beat(.first)
        #expect(stage.left().contains("ESP_7C19F2/26 OFF"))
    }

    @Test func `a lease goes on after a restart and ends in time`() throws {
        let before = try Stage.greenhouse()
        let id = try #require(try before.command(.on, seconds: 60).value?.get().order.id)
        before.answer(.first, 26, id)
        before.show(.first, 26, .on)
        let stage = Stage(on: before.journal.disk, at: UnixTime.fixtureNow.advanced(byMilliseconds: 20_000))
        try stage.start()
        stage.beat(.first)
        stage.show(.first, 26, .on)
        stage.broker.forget()
        stage.pass(milliseconds: 39_999)
        #expect(stage.left() == [])
        stage.pass(milliseconds: 1)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
    }

    @Test func `a command asked for again after a restart is told from the one before`() throws {
        let stage = try Stage.greenhouse()
        let first = try #require(try stage.command(.on, seconds: 60).value?.get().order.id)
        let second = try #require(try stage.command(.on, seconds: 60).value?.get().order.id)
        #expect(first != second)
    }

    @Test func `twins with unsaved facts become snapshots after a while and only once`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 12_000)
        let snapshots = stage.journal.committed.flatMap(\.snapshots)
        #expect(snapshots.map(\.device.id) == [.first, .second])
        #expect(stage.journal.disk.snapshots[.first]?.snapshot == stage.twin())
        stage.pass(milliseconds: 60_000)
        #expect(stage.journal.committed.flatMap(\.snapshots).count == 2)
        stage.read(.first, raw: 348, seq: 1)
        stage.pass(milliseconds: 12_000)
        #expect(stage.journal.committed.flatMap(\.snapshots).count == 3)
        #expect(stage.journal.disk.snapshots[.first]?.snapshot == stage.twin())
    }

    @Test func `while devices answer an emergency stop no twin becomes a snapshot`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 12_000)
        stage.show(.first, 26, .on)
        stage.pass(milliseconds: 9_000)
        _ = stage.stop(.all)
        stage.pass(milliseconds: Runtime.escalationMilliseconds - 1_000)
        #expect(stage.journal.committed.flatMap(\.snapshots).count == 2)
        stage.pass(milliseconds: 3_000)
        #expect(stage.journal.committed.flatMap(\.snapshots).count == 4)
        #expect(stage.journal.disk.snapshots[.first]?.snapshot == stage.twin())
    }

    @Test func `many twins become snapshots a bounded number at a time`() throws {
        let stage = try Stage.started()
        for number in 0..<100 { stage.beat(DeviceID("ESP_A000\(number + 10)")!) }
        stage.pass(milliseconds: 20_000)
        #expect(stage.journal.committed.map(\.snapshots.count).max() == Runtime.snapshotsPerCommit)
        #expect(stage.journal.disk.snapshots.count == 100)
    }

    @Test func `each run has a number of its own`() throws {
        let before = try Stage.started()
        let stage = try Stage.started(on: before.journal.disk)
        let runs = stage.journal.disk.facts.compactMap { entry -> Int? in
            if case .site(.runStarted(let number)) = entry.fact.event { number } else { nil }
        }
        #expect(runs == [1, 2])
    }
}
