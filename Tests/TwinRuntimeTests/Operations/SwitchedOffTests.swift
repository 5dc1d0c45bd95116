import Testing
import TwinCore

@testable import TwinRuntime

/// What an operator switches off as a whole stays off: nothing from before follows, and nothing is lost on the way.
@Suite struct SwitchedOffTests {
    @Test(
        arguments: [
            .enterSafeMode, .isolateSubzone("unknown", isIsolated: true, reason: "leak"),
        ] as [TwinCore.Operation.Kind])
    func `an ON that waits for its commit does not follow`(kind: TwinCore.Operation.Kind) throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        _ = stage.command(.on, seconds: 60)
        stage.operate(kind)
        #expect(stage.left().first == "ESP_7C19F2/26 OFF")
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(!stage.left().contains { $0.hasSuffix(" ON") })
        #expect(stage.output()?.lease == nil)
        #expect(stage.output()?.safeState?.cause == .safeMode)
    }

    @Test func `an isolated subzone takes its own outputs along and no others`() throws {
        let stage = try Stage.greenhouse()
        stage.configure { $0.subzones["bench_1"] = SubzoneWish(gpios: [.pin(26)]) }
        _ = stage.command(.on, seconds: 60)
        _ = stage.command(.pwm, .first, 25, value: 0.5, seconds: 60)
        stage.operate(.isolateSubzone("bench_1", isIsolated: true, reason: "leak"))
        #expect(stage.output(26)?.safeState?.cause == .safeMode)
        #expect(stage.output(25)?.safeState == nil)
        #expect(stage.output(25)?.lease != nil)
    }

    @Test func `what was asked for without a connection is said when it is back`() throws {
        let stage = try Stage.greenhouse()
        stage.broker.loseControl()
        let safe = try #require(try? stage.operate(.enterSafeMode).value?.get())
        let isolation = try #require(
            try? stage.operate(.isolateSubzone("a", isIsolated: true, reason: "leak")).value?.get())
        for _ in 0..<4 {
            stage.pass(milliseconds: 10_000)
            stage.beat(.first)
        }
        #expect(stage.twin()?.device.operations.underWay.count == 2)
        stage.broker.connect()
        stage.settle()
        let left = stage.left()
        #expect(left.contains("ESP_7C19F2 safe_mode"))
        #expect(left.contains("ESP_7C19F2 subzone/safe a"))
        stage.pass(milliseconds: 60_000)
        #expect(stage.twin()?.device.operations[safe.operation.id]?.state == .unanswered)
        #expect(stage.twin()?.device.operations[isolation.operation.id]?.state == .unanswered)
    }
}
