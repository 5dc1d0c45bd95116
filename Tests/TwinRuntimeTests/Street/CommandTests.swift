import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

@Suite struct CommandTests {
    private func finished(_ stage: Stage, _ id: CommandID, within milliseconds: Int64) -> Box<CommandRecord?> {
        let box = Box<CommandRecord?>()
        stage.runtime.assumeIsolated { $0.finished(id, withinMilliseconds: milliseconds) { box.value = .some($0) } }
        stage.settle()
        return box
    }

    private func evidence(_ stage: Stage, _ id: CommandID) -> [String]? {
        stage.journal.disk.commands[id]?.evidence.map(\.step)
    }

    @Test func `a command collects its evidence and whoever waits for its end is told`() throws {
        let stage = try Stage.greenhouse()
        let id = try #require(try stage.command(.on, seconds: 60).value?.get().order.id)
        let waiter = finished(stage, id, within: 5_000)
        #expect(waiter.value == nil)
        stage.broker.confirm(try #require(stage.broker.publications.last))
        stage.answer(.first, 26, id)
        stage.show(.first, 26, .on)
        #expect(waiter.value??.state == .confirmed)
        #expect(evidence(stage, id) == ["accepted", "sent", "acknowledged", "answered", "shown", "confirmed"])
        #expect(finished(stage, id, within: 5_000).value??.state == .confirmed)
    }

    @Test func `whoever waits longer than he wants is told how it stands`() throws {
        let stage = try Stage.greenhouse()
        let id = try #require(try stage.command(.on, seconds: 60).value?.get().order.id)
        let waiter = finished(stage, id, within: 2_000)
        stage.pass(milliseconds: 1_999)
        #expect(waiter.value == nil)
        stage.pass(milliseconds: 1)
        #expect(waiter.value??.state == .sent)
    }

    @Test func `nobody waits for a command that does not exist`() throws {
        let stage = try Stage.greenhouse()
        let waiter = finished(stage, CommandID("c-unknown"), within: 5_000)
        #expect(waiter.value == .some(nil))
    }

    @Test func `a command nobody answers is sent three times, fails and ends in OFF`() throws {
        let stage = try Stage.greenhouse()
        let id = try #require(try stage.command(.on, seconds: 60).value?.get().order.id)
        stage.pass(milliseconds: 14_999)
        #expect(stage.left() == Array(repeating: "ESP_7C19F2/26 ON", count: 3))
        stage.pass(milliseconds: 1)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        #expect(stage.journal.disk.commands[id]?.state == .failed)
    }

    @Test func `a connection that breaks makes earlier confirmations void`() throws {
        let stage = try Stage.greenhouse()
        let id = try #require(try stage.command(.on, seconds: 60).value?.get().order.id)
        let publication = try #require(stage.broker.publications.last)
        stage.broker.loseControl()
        stage.broker.connect()
        stage.broker.confirm(publication)
        stage.settle()
        #expect(evidence(stage, id) == ["accepted", "sent"])
    }

    @Test func `without the control connection energising is refused by the broker's limit`() throws {
        let stage = try Stage.greenhouse()
        stage.broker.loseControl()
        #expect(try stage.command(.on).value?.get().refusedBy == .broker)
        #expect(try stage.command(.off).value?.get().state == .accepted)
    }

    @Test func `unknown devices and outputs are named`() throws {
        let stage = try Stage.greenhouse()
        let stranger = DeviceID("ESP_FFFFFF")!
        #expect(throws: ServiceError.unknownDevice(stranger)) { try stage.command(.off, stranger).value?.get() }
        #expect(throws: ServiceError.unknownActuator(.first, .pin(5))) {
            try stage.command(.off, .first, 5).value?.get()
        }
    }

    @Test func `a lease that ends is followed by OFF within the second`() throws {
        let stage = try Stage.greenhouse()
        let id = try #require(try stage.command(.pwm, .first, 25, value: 0.4, seconds: 10).value?.get().order.id)
        stage.answer(.first, 25, id)
        stage.show(.first, 25, .on, type: "pwm")
        stage.broker.forget()
        stage.pass(milliseconds: 9_999)
        #expect(stage.left() == [])
        stage.pass(milliseconds: 1)
        #expect(stage.left() == ["ESP_7C19F2/25 OFF"])
    }

    @Test func `a wall clock that jumps moves no lease`() throws {
        let stage = try Stage.greenhouse()
        let id = try #require(try stage.command(.on, seconds: 10).value?.get().order.id)
        stage.answer(.first, 26, id)
        stage.show(.first, 26, .on)
        stage.broker.forget()
        stage.loop.jumpWallClock(byMilliseconds: -3_600_000)
        stage.pass(milliseconds: 9_999)
        #expect(stage.left() == [])
        stage.pass(milliseconds: 1)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
    }
}
