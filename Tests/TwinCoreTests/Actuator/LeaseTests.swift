import Testing
import TwinCore

@Suite struct LeaseTests {
    @Test func `an OFF after a lease is repeated until the device shows it`() {
        var output = Output.running
        #expect(output.deadline == 60_000)
        #expect(output.tick(at: 59_999) == [])
        #expect(
            output.tick(at: 60_000) == [
                "lease expired", "off ordered: lease expired", "-> OFF by doppel:safe_state",
            ])
        let repeated = ["off repeated", "-> OFF by doppel:safe_state"]
        var time: Int64 = 60_000
        for pause: Int64 in [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            if time + pause > 90_000, time < 90_000 {
                #expect(output.deadline == 90_000)
                #expect(output.tick(at: 90_000) == ["alarm safe_state_overdue"])
            }
            #expect(output.deadline == time + pause)
            #expect(output.tick(at: time + pause - 1) == [])
            #expect(output.tick(at: time + pause) == repeated)
            time += pause
        }
        #expect(output.show(.off, 0, at: time + 10) == ["shown off 0", "off confirmed"])
        #expect(output.deadline == nil)
    }

    @Test func `a lease of an output that is shown off ends without another OFF`() {
        var output = Output.running
        #expect(output.show(.off, 0, at: 1_000) == ["shown off 0", "lease reported_off"])
        #expect(output.tick(at: 60_000) == [])
        #expect(output.deadline == nil)
    }

    @Test func `a lease ends although its command is still under way`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 7)
        _ = output.sent("c-1", at: 0)
        _ = output.answer("c-1", true, at: 10)
        #expect(
            output.tick(at: 7_000) == [
                "c-1 failed: its lease is over", "lease expired", "off ordered: lease expired",
                "-> OFF by doppel:safe_state",
            ])
    }

    @Test(arguments: ["emergency_stop", "runtime_protection", "safety_violation"])
    func `an alert that means off ends the lease`(type: String) {
        var output = Output.running
        #expect(output.alert(type, at: 1_000) == ["alert \(type)", "lease reported_off"])
        #expect(output.state.lastAlert?.type == type)
    }

    @Test(arguments: ["hardware_error", "offline_rule_hold", "anything"])
    func `any other alert is only noted`(type: String) {
        var output = Output.running
        #expect(output.alert(type, at: 1_000) == ["alert \(type)"])
        #expect(output.state.lease != nil)
    }

    @Test func `an output that comes on without a lease of ours is driven off`() {
        var output = Output.running
        _ = output.show(.off, 0, at: 1_000)
        #expect(
            output.show(.on, 255, at: 2_000) == [
                "shown on 255", "alarm on_by_itself", "off ordered: on without lease", "-> OFF by doppel:safe_state",
            ])
    }

    @Test func `an output that we never commanded may be on`() {
        var output = Output()
        #expect(output.show(.on, 255, at: 0) == ["shown on 255"])
        #expect(output.state.confirmed?.isOn == true)
        #expect(output.state.safeState == nil)
    }

    @Test func `an output shown on long enough after an OFF is told again at once`() {
        var output = Output.running
        _ = output.tick(at: 60_000)
        #expect(output.show(.on, 255, at: 60_499) == ["shown on 255"])
        #expect(
            output.show(.on, 255, at: 60_500) == ["shown on 255", "off repeated", "-> OFF by doppel:safe_state"])
    }

    @Test func `a word of error at level 0 proves nothing`() {
        var output = Output.running
        _ = output.tick(at: 60_000)
        #expect(output.show(.error, 0, at: 60_100) == ["shown error 0"])
        #expect(output.show(.unknown, 0, at: 60_200) == ["shown unknown 0"])
        #expect(output.state.safeState != nil)
        #expect(output.show(.pwm, 0, at: 60_300) == ["shown pwm 0", "off confirmed"])
    }

    @Test func `nothing is energised while an OFF is unconfirmed`() {
        var output = Output.running
        _ = output.tick(at: 60_000)
        #expect(output.order("c-2", .on, at: 60_100) == ["c-2 refused by safe_state"])
    }

    @Test func `an offline device is told a few times and again when it returns`() {
        var output = Output.running
        output.context.circumstances.deviceStatus = .offline
        _ = output.tick(at: 60_000)
        var words: [String] = []
        while let deadline = output.deadline, words.count < 100 { words += output.tick(at: deadline) }
        #expect(words.count { $0 == "off repeated" } == 4)
        #expect(words.count { $0 == "alarm safe_state_overdue" } == 1)
        output.context.circumstances.deviceStatus = .online
        #expect(
            output.returned(at: 500_000) == ["off ordered: lease expired", "-> OFF by doppel:safe_state"])
        #expect(output.deadline == 501_000)
    }

    @Test func `the return of a device with nothing unconfirmed asks for nothing`() {
        var output = Output.running
        #expect(output.returned(at: 1_000) == [])
        #expect(output.state.lease != nil)
    }

    @Test func `the runtime's own OFF is not sent to an output that is known to be off`() {
        var output = Output()
        _ = output.show(.off, 0, at: 0)
        #expect(output.safeState(.shutdown, at: 10) == [])
        var unknown = Output()
        #expect(
            unknown.safeState(.shutdown, at: 10) == ["off ordered: shutdown", "-> OFF by doppel:safe_state"])
        #expect(unknown.safeState(.shutdown, at: 20) == [])
    }
}
