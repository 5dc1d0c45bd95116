import Testing
import TwinCore

@Suite struct FailingCommandTests {
    @Test func `a command the device refuses fails and is followed by OFF`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 10)
        #expect(
            output.answer("c-1", false, at: 20) == [
                "answered no", "c-1 failed: the device refused: limit reached", "lease command_failed",
                "off ordered: c-1 failed", "-> OFF by doppel:safe_state",
            ])
        #expect(output.state.lastCommand?.state == .failed)
        #expect(output.state.lease == nil)
        #expect(output.show(.off, 0, at: 30) == ["shown off 0", "off confirmed"])
        #expect(output.state.safeState == nil)
    }

    @Test func `three attempts without an answer fail and drive the output off`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 0)
        #expect(output.deadline == 5_000)
        #expect(output.tick(at: 4_999) == [])
        #expect(output.tick(at: 5_000) == ["c-1 retried 2", "-> ON 1.0 for 55 s"])
        #expect(output.tick(at: 9_999) == [])
        #expect(output.tick(at: 10_000) == ["c-1 retried 3", "-> ON 1.0 for 50 s"])
        #expect(
            output.tick(at: 15_000) == [
                "c-1 failed: no answer to 3 attempts", "lease command_failed", "off ordered: c-1 failed",
                "-> OFF by doppel:safe_state",
            ])
    }

    @Test func `a retry passes the gate again`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 0)
        output.context.circumstances.isBrokerConnected = false
        #expect(
            output.tick(at: 5_000) == [
                "c-1 failed: no answer, and the gate refused another attempt: broker", "lease command_failed",
                "off ordered: c-1 failed", "-> OFF by doppel:safe_state",
            ])
    }

    @Test func `a lease that is all but over allows no retry`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 5)
        _ = output.sent("c-1", at: 0)
        let lines = output.tick(at: 5_000)
        #expect(!lines.contains { $0.hasPrefix("-> ON") })
        #expect(lines.last == "-> OFF by doppel:safe_state")
        #expect(output.state.lease == nil && output.state.pending == nil)
    }

    @Test func `a command that was answered and shows no effect fails`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 0)
        _ = output.answer("c-1", true, at: 20)
        _ = output.show(.off, 0, at: 30)
        #expect(output.tick(at: 34_999) == [])
        #expect(
            output.tick(at: 35_000) == [
                "c-1 failed: the device answered, and no status shows the effect", "lease command_failed",
                "off ordered: c-1 failed", "-> OFF by doppel:safe_state",
            ])
    }

    @Test func `a command nobody handed to the broker fails`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        #expect(output.deadline == 10_000)
        #expect(output.tick(at: 9_999) == [])
        #expect(
            output.tick(at: 10_000) == [
                "c-1 failed: it was not handed to the broker in time", "lease command_failed",
                "off ordered: c-1 failed", "-> OFF by doppel:safe_state",
            ])
    }

    @Test func `a command that expired before it could leave drives the output off`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        #expect(
            output.abort("c-1", .expired, at: 5_000) == [
                "c-1 expired", "lease command_failed", "off ordered: c-1 failed", "-> OFF by doppel:safe_state",
            ])
        #expect(output.state.lastCommand?.state == .expired)
    }

    @Test func `giving up a command that is over changes nothing`() {
        var output = Output.running
        #expect(output.abort("c-1", .expired, at: 5_000) == [])
        #expect(output.state.lease != nil)
    }

    @Test func `an OFF that is given up ends without another`() {
        var output = Output()
        _ = output.order("c-1", .off)
        #expect(output.abort("c-1", .failed("no connection"), at: 10) == ["c-1 failed: no connection"])
    }
}
