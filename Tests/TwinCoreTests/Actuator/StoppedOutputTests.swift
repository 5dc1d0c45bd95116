import Testing
import TwinCore

@Suite struct StoppedOutputTests {
    @Test func `a stop ends the lease and the command under way`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 10)
        #expect(
            output.stop(at: 20) == [
                "c-1 stopped by inc-1", "lease stopped", "off ordered: inc-1", "-> OFF by doppel:emergency_stop",
            ])
        #expect(output.state.lastCommand?.state == .stopped)
    }

    @Test func `a stop sends OFF even to an output that is shown off`() {
        var output = Output()
        _ = output.show(.off, 0, at: 0)
        #expect(output.stop(at: 10) == ["off ordered: inc-1", "-> OFF by doppel:emergency_stop"])
        #expect(output.show(.off, 0, at: 20) == ["shown off 0", "off confirmed"])
    }

    @Test func `a stop's OFF bears the incident, the device and the pin`() throws {
        var output = Output()
        let decision = output.state.decideStop(.flood, in: output.context, at: .at(0))
        guard case .command(let command) = try #require(decision.requests.first) else {
            Issue.record("no command")
            return
        }
        #expect(command.id == CommandID("inc-1:ESP_7C19F2:26"))
        #expect(!command.energises)
        _ = output.stop(at: 0)
    }

    @Test func `an output shown on while latched is driven off`() {
        var output = Output()
        output.context.circumstances.isLatched = true
        #expect(
            output.show(.on, 255, at: 100) == [
                "shown on 255", "off ordered: on while stopped", "-> OFF by doppel:safe_state",
            ])
    }

    @Test func `a latch that holds refuses every drive that energises`() {
        var output = Output()
        output.context.circumstances.isLatched = true
        _ = output.show(.off, 0, at: 0)
        #expect(output.order("c-1", .on, at: 10) == ["c-1 refused by latch"])
        #expect(output.order("c-2", .pwm, value: 1, at: 10) == ["c-2 refused by latch"])
        #expect(output.order("c-3", .toggle, at: 10) == ["c-3 refused by latch"])
    }
}
