import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

@Suite struct EndTests {
    private func running() throws -> Stage {
        let stage = try Stage.greenhouse()
        let id = try #require(try stage.command(.on, seconds: 600).value?.get().order.id)
        stage.answer(.first, 26, id)
        stage.show(.first, 26, .on)
        stage.broker.forget()
        return stage
    }

    private func end(_ stage: Stage) -> Box<Bool> {
        let box = Box<Bool>()
        stage.runtime.assumeIsolated { $0.end { box.value = true } }
        stage.settle()
        return box
    }

    @Test func `an orderly end drives outputs off, waits until they are seen off and says goodbye`() throws {
        let stage = try running()
        let isEnded = end(stage)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        stage.pass(milliseconds: 500)
        #expect(isEnded.value == nil)
        stage.show(.first, 26, .off)
        stage.pass(milliseconds: 50)
        #expect(isEnded.value == true)
        #expect(stage.broker.isStopped)
        #expect(stage.journal.isClosed)
        #expect(stage.journal.disk.facts.last?.fact.event == .site(.runEnded))
    }

    @Test func `an orderly end does not wait for ever for a device that says nothing`() throws {
        let stage = try running()
        let isEnded = end(stage)
        stage.pass(milliseconds: Runtime.drainMilliseconds - 1)
        #expect(isEnded.value == nil)
        stage.pass(milliseconds: 50)
        #expect(isEnded.value == true)
    }

    @Test func `with everything shown off the end is immediate and the twins are saved whole`() throws {
        let stage = try Stage.greenhouse()
        let isEnded = end(stage)
        #expect(isEnded.value == true)
        #expect(stage.left() == [])
        #expect(stage.journal.disk.snapshots.count == 2)
    }

    @Test func `nothing is energised while the runtime ends`() throws {
        let stage = try running()
        _ = end(stage)
        stage.broker.forget()
        #expect(throws: ServiceError.notRunning) { try stage.command(.on, .second).value?.get() }
        #expect(stage.left() == [])
    }

    @Test func `a stop is obeyed while the runtime ends`() throws {
        let stage = try running()
        _ = end(stage)
        stage.broker.forget()
        _ = stage.stop(.all)
        #expect(stage.left().first == "all stop")
    }

    @Test func `an end while commits fail closes all the same`() throws {
        let stage = try running()
        stage.journal.mode = .failing
        stage.read(.first, raw: 348, seq: 1)
        let isEnded = end(stage)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        stage.pass(milliseconds: Runtime.drainMilliseconds + 50)
        #expect(isEnded.value == true)
    }
}
