import Testing
import TwinCore

@testable import TwinRuntime

/// Safe mode and isolating a subzone can only switch off: they wait for nothing, and leaving them for everything.
@Suite struct SafeModeTests {
    private func refusal(_ answer: Stage.Answer<OperationRecord>) -> OperationRefusal.Reason? {
        if case .failure(.operationRefused(let refusal)) = answer.value { refusal.reason } else { nil }
    }

    @Test(
        arguments: [
            (.enterSafeMode, "ESP_7C19F2 safe_mode"),
            (.isolateSubzone("bench_1", isIsolated: true, reason: "leak"), "ESP_7C19F2 subzone/safe bench_1"),
        ] as [(TwinCore.Operation.Kind, String)])
    func `it leaves before its commit and is answered after`(kind: TwinCore.Operation.Kind, words: String) throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        let reply = stage.operate(kind)
        #expect(stage.left() == [words])
        #expect(reply.value == nil)
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(try reply.value?.get().state == .sent)
        #expect(stage.left() == [])
    }

    @Test func `it leaves and is answered while the journal fails`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        stage.read(.first, raw: 348, seq: 1)
        let reply = stage.operate(.enterSafeMode)
        #expect(stage.left() == ["ESP_7C19F2 safe_mode"])
        #expect(try reply.value?.get().state == .sent)
    }

    @Test func `it leaves although its own commit fails`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        let reply = stage.operate(.enterSafeMode)
        #expect(stage.left() == ["ESP_7C19F2 safe_mode"])
        #expect(try reply.value?.get().state == .sent)
        #expect(stage.twin()?.device.operations.underWay.count == 1)
    }

    @Test func `it leaves when no more facts can be kept, and its caller is told that it is not`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        stage.read(.first, raw: 0, seq: 0)
        var batch = InboundBatch()
        for number in 1...Runtime.undurableFactLimit {
            batch.append(
                topic: "kaiser/god/esp/ESP_7C19F2/sensor/4/data".utf8,
                payload: Stage.reading(.first, raw: number % 1_000, seq: number).utf8, isRetained: false,
                qos: 1)
        }
        stage.broker.deliver(batch)
        stage.settle()
        let reply = stage.operate(.enterSafeMode)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF", "ESP_7C19F2/25 OFF", "ESP_7C19F2 safe_mode"])
        #expect(throws: ServiceError.journalUnavailable("the disk is full")) { try reply.value?.get() }
        #expect(throws: ServiceError.journalUnavailable("the disk is full")) {
            try stage.operate(.leaveSafeMode).value?.get()
        }
        #expect(stage.left() == [])
    }

    @Test func `it leaves for a device that is away, rejected or stopped`() throws {
        let stage = try Stage.greenhouse()
        stage.hear(from: .first, "system/will", "{\"status\":\"offline\",\"esp_id\":\"ESP_7C19F2\",\"timestamp\":0}")
        stage.admit(.reject, .second)
        _ = stage.stop(.all)
        stage.broker.forget()
        stage.operate(.enterSafeMode)
        stage.operate(.enterSafeMode, .second)
        #expect(stage.left().filter { $0.contains("safe_mode") } == ["ESP_7C19F2 safe_mode", "ESP_0D44A19C safe_mode"])
    }

    @Test func `it is repeated until the device answers`() throws {
        let stage = try Stage.greenhouse()
        stage.operate(.enterSafeMode)
        stage.pass(milliseconds: OperationLedger.repeatMilliseconds)
        #expect(stage.left() == ["ESP_7C19F2 safe_mode", "ESP_7C19F2 safe_mode"])
        stage.answerSystem("safe_mode")
        stage.pass(milliseconds: 60_000)
        #expect(stage.left() == [])
    }

    @Test(
        arguments: [
            .leaveSafeMode, .factoryReset, .isolateSubzone("bench_1", isIsolated: false, reason: "over"),
        ] as [TwinCore.Operation.Kind])
    func `what may switch on is refused while an emergency stop holds`(kind: TwinCore.Operation.Kind) throws {
        let stage = try Stage.greenhouse()
        _ = stage.stop(.all)
        stage.broker.forget()
        #expect(refusal(stage.operate(kind)) == .emergencyStop)
        // Released, but not yet cleared by the device.
        _ = stage.clear()
        #expect(refusal(stage.operate(kind)) == .emergencyStop)
        #expect(stage.left() == [])
    }

    @Test func `a stop overtakes a leaving that waits for its commit`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        let reply = stage.operate(.leaveSafeMode)
        _ = stage.stop(.device(.first))
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(!stage.left().contains("ESP_7C19F2 exit_safe_mode"))
        #expect(try reply.value?.get().state == .failed)
    }

    @Test func `entering overtakes a leaving that waits for its commit`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        _ = stage.operate(.leaveSafeMode)
        stage.operate(.enterSafeMode)
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(stage.left() == ["ESP_7C19F2 safe_mode"])
    }
}
