import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// A device that is excluded while an output may be on: it hears OFF before it hears that it is not wanted.
@Suite struct ExclusionTests {
    /// A device whose pump is on.
    private func running() throws -> Stage {
        let stage = try Stage.greenhouse()
        let command = try #require(try? stage.command(.on, seconds: 600).value?.get())
        stage.answer(.first, 26, command.order.id)
        stage.show(.first, 26, .on)
        stage.broker.forget()
        return stage
    }

    @Test(arguments: [(Runtime.Admission.reject, "rejected"), (.delete, "error")])
    func `the word waits until the last output is shown off`(admission: Runtime.Admission, word: String) throws {
        let stage = try running()
        stage.admit(admission)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        stage.beat(.first)
        #expect(stage.left().contains("ESP_7C19F2 ack online 3"))
        stage.show(.first, 26, .off)
        #expect(stage.left() == ["ESP_7C19F2 ack \(word) 3"])
        stage.beat(.first)
        #expect(stage.left() == ["ESP_7C19F2 ack \(word) 3"])
        stage.pass(milliseconds: 20_000)
        #expect(!stage.left().contains { $0.contains("ack") })
    }

    @Test func `the word waits for no longer than its time`() throws {
        let stage = try running()
        stage.admit(.reject)
        stage.pass(milliseconds: DeviceState.exclusionMilliseconds - 1)
        #expect(!stage.left().contains { $0.contains("ack") })
        stage.pass(milliseconds: 1)
        #expect(stage.left().contains("ESP_7C19F2 ack rejected 3"))
        stage.beat(.first)
        #expect(stage.left().contains("ESP_7C19F2 ack rejected 3"))
    }

    @Test func `who is let in again meanwhile is not told that it was excluded`() throws {
        let stage = try running()
        stage.admit(.reject)
        stage.admit(.approve)
        stage.pass(milliseconds: 20_000)
        #expect(!stage.left().contains { $0.contains("rejected") })
    }

    @Test(arguments: [Runtime.Admission.reject, .delete])
    func `what is excluded and silent is not told for ever, and is told again when it speaks`(
        admission: Runtime.Admission
    ) throws {
        let stage = try running()
        stage.admit(admission)
        _ = stage.stop(.all)
        stage.pass(milliseconds: 300_000)
        stage.broker.forget()
        stage.pass(milliseconds: 3_600_000)
        #expect(stage.left().filter { $0.hasPrefix("ESP_7C19F2") } == [])
        stage.beat(.first)
        let left = stage.left()
        #expect(left.contains("ESP_7C19F2 stop"))
        #expect(left.contains("ESP_7C19F2/26 OFF"))
    }

    @Test(arguments: [Runtime.Admission.reject, .delete])
    func `with a disk that takes nothing its outputs are switched off all the same`(
        admission: Runtime.Admission
    ) throws {
        let stage = try running()
        stage.journal.mode = .failing
        stage.operate(.status, .second)
        stage.broker.forget()
        stage.fillTheOpenTurn()
        let reply = stage.admit(admission)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF", "ESP_7C19F2/25 OFF"])
        #expect(throws: ServiceError.self) { try reply.value?.get() }
        #expect(stage.twin()?.device.status == .online)
    }

    @Test func `what a removed device measured is forgotten, also in a replay`() throws {
        let stage = try running()
        stage.read(.first, raw: 348, seq: 1)
        #expect(stage.twin()?.sensors.count == 1)
        stage.admit(.delete)
        #expect(stage.twin()?.sensors == [])
        #expect(stage.output() != nil)
        let replayed = Stage(on: stage.journal.disk, seed: 2)
        try replayed.runtime.assumeIsolated { try $0.recover() }
        #expect(replayed.twin() == stage.twin())
    }
}
