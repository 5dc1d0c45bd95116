import Testing
import TwinCore

@Suite struct RestartedOutputTests {
    /// A new run begins: so much later by the wall clock, and uptime counts from 0 again.
    private func restarted(_ output: Output, afterWallMilliseconds span: Int64) -> Output {
        var output = output
        output.state.beginRun(
            at: Moment(time: .beginning.advanced(byMilliseconds: span), uptime: Uptime(milliseconds: 0)))
        return output
    }

    @Test func `after a restart an output is unknown until its device speaks`() {
        var output = restarted(.running, afterWallMilliseconds: 10_000)
        #expect(output.state.confirmed == nil)
        #expect(output.state.requested?.command == CommandID("c-1"))
        #expect(output.order("c-2", .toggle, at: 0) == ["c-2 refused by known_state"])
        _ = output.show(.on, 255, at: 10)
        #expect(output.state.confirmed?.isOn == true)
    }

    @Test func `a lease keeps what was left of it`() {
        let output = restarted(.running, afterWallMilliseconds: 10_000)
        #expect(output.state.lease?.endsAt == Uptime(milliseconds: 50_000))
        #expect(output.deadline == 50_000)
    }

    @Test func `a lease that ended meanwhile ends at once`() {
        var output = restarted(.running, afterWallMilliseconds: 3_600_000)
        #expect(output.deadline == 0)
        #expect(
            output.tick(at: 0) == ["lease expired", "off ordered: lease expired", "-> OFF by doppel:safe_state"])
    }

    @Test func `a lease of which a clock that jumped back left nobody knows how much is over`() {
        var output = restarted(.running, afterWallMilliseconds: -3_600_000)
        #expect(
            output.tick(at: 0) == ["lease expired", "off ordered: lease expired", "-> OFF by doppel:safe_state"])
    }

    @Test func `an unconfirmed OFF is repeated in the new run from its beginning`() {
        var output = Output.running
        _ = output.tick(at: 60_000)
        for time: Int64 in [61_000, 63_000, 67_000, 75_000] { _ = output.tick(at: time) }
        output = restarted(output, afterWallMilliseconds: 80_000)
        #expect(output.state.safeState?.attempts == 0)
        #expect(output.deadline == 1_000)
        #expect(output.tick(at: 1_000) == ["off repeated", "-> OFF by doppel:safe_state"])
    }

    @Test func `a command whose fate is unknown is over and its output is driven off`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 0)
        output = restarted(output, afterWallMilliseconds: 10_000)
        let lines = output.restart(at: 0)
        #expect(
            lines == [
                "c-1 failed: restarted", "lease switched_off", "off ordered: restarted",
                "-> OFF by doppel:safe_state",
            ])
    }

    @Test func `a command under way behind an unconfirmed OFF is over and the OFF goes on`() {
        var output = Output.running
        _ = output.tick(at: 60_000)
        _ = output.order("c-2", .off, at: 60_100)
        output = restarted(output, afterWallMilliseconds: 61_000)
        #expect(output.restart(at: 0) == ["c-2 failed: the runtime was restarted"])
        #expect(output.state.safeState?.cause == .leaseExpired)
    }

    @Test func `an output with nothing under way is left as it is by a restart`() {
        var output = restarted(.running, afterWallMilliseconds: 10_000)
        #expect(output.restart(at: 0) == [])
        #expect(output.state.lease != nil)
    }

    @Test func `the rest between two on-times begins anew with a restart`() {
        var output = Output.running
        _ = output.show(.off, 0, at: 100)
        #expect(output.state.duty.lastOff?.uptime == Uptime(milliseconds: 100))
        output = restarted(output, afterWallMilliseconds: 200)
        #expect(output.state.duty.lastOff?.uptime == Uptime(milliseconds: 0))
    }

    @Test func `a state is the same after a trip through its stored form`() throws {
        var output = Output.running
        _ = output.order("c-2", .off, at: 100)
        _ = output.stop(at: 200)
        #expect(output.state.safeState != nil && output.state.lastCommand != nil)
        #expect(try stored(output.state) == output.state)
    }
}
