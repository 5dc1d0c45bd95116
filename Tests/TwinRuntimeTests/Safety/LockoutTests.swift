import Testing
import TwinCore

@testable import TwinRuntime

/// A tag on an output: switched off at once, and nothing switches it on.
@Suite struct LockoutTests {
    private func hang(_ stage: Stage) -> Box<Result<TwinView, ServiceError>> {
        let request = LockoutRequest(
            output: OutputAddress(device: .first, gpio: .pin(26)), name: "user:mara", reason: "belt", seconds: 600)
        return stage.ask { $0.lockOut(request, $1) }
    }

    @Test func `a tag switches a running output off and refuses the next ON`() throws {
        let stage = try Stage.greenhouse()
        stage.run()
        stage.broker.forget()
        #expect(throws: Never.self) { try hang(stage).value?.get() }
        #expect(stage.output()?.lockout?.name == "user:mara")
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        stage.show(.first, 26, .off)
        #expect(try stage.command(.on).value?.get().refusedBy == .lockout)
    }

    @Test func `with a disk that takes nothing the OFF of a tag leaves all the same`() throws {
        let stage = try Stage.greenhouse()
        stage.run()
        stage.journal.mode = .failing
        _ = stage.command(.on)
        stage.fillTheOpenTurn()
        stage.broker.forget()
        let reply = hang(stage)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        #expect(throws: ServiceError.self) { try reply.value?.get() }
    }
}
