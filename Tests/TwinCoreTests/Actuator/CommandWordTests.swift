import Testing
import TwinCore

@Suite struct CommandWordTests {
    @Test func `a toggle of an output that never showed itself is refused by name`() {
        var output = Output()
        #expect(output.order("c-1", .toggle) == ["c-1 refused by known_state"])
        #expect(output.state.lastCommand?.state == .refused)
        #expect(output.state.lastCommand?.refusedBy == .knownState)
        #expect(output.state.pending == nil)
    }

    @Test func `a toggle switches to the other side of what is shown`() {
        var output = Output()
        _ = output.show(.off, 0, at: 0)
        #expect(
            output.order("c-1", .toggle, at: 1) == ["c-1 accepted ON 1.0 for 300 s", "-> ON 1.0 for 300 s"])
        var running = Output.running
        #expect(
            running.order("c-2", .toggle, at: 100) == [
                "lease switched_off", "c-2 accepted OFF", "-> OFF by user:mara",
            ])
    }

    @Test(arguments: [
        (ActuatorKind.pump, 0.5, "ON 1.0"), (.pump, 1.0, "ON 1.0"), (.valve, 0.5, "PWM 0.5"), (.fan, 0.01, "PWM 0.01"),
        (.fan, 1.0, "PWM 1.0"),
    ])
    func `a dimmed drive is on for a digital driver and a level for the others`(
        kind: ActuatorKind, level: Double, words: String
    ) {
        var output = Output()
        output.context.kind = kind
        #expect(
            output.order("c-1", .pwm, value: level, seconds: 9) == [
                "c-1 accepted \(words) for 9 s", "-> \(words) for 9 s",
            ])
    }

    @Test(arguments: [(ActuatorKind.pump, 0.49), (.pump, 0), (.fan, 0), (.valve, 0)])
    func `a level that leaves the output dark is OFF and passes a closed gate`(kind: ActuatorKind, level: Double) {
        var output = Output()
        output.context.kind = kind
        output.context.circumstances.isLatched = true
        #expect(output.order("c-1", .pwm, value: level) == ["c-1 accepted OFF", "-> OFF by user:mara"])
    }

    @Test(arguments: [nil, -0.5, 1.5, Double.nan, .infinity])
    func `a dimmed drive without a level of 0 to 1 is refused by range`(level: Double?) {
        var output = Output()
        output.context.kind = .fan
        #expect(output.order("c-1", .pwm, value: level) == ["c-1 refused by range"])
    }

    @Test func `an ON takes a level, and level 0 is OFF`() {
        var output = Output()
        #expect(
            output.order("c-1", .on, value: 0.4, seconds: 5) == ["c-1 accepted ON 0.4 for 5 s", "-> ON 0.4 for 5 s"])
        #expect(
            output.order("c-2", .on, value: 0, at: 10) == [
                "c-1 superseded by c-2", "lease switched_off", "c-2 accepted OFF", "-> OFF by user:mara",
            ])
    }

    @Test func `a refused command leaves the one under way alone`() {
        var output = Output.running
        #expect(output.order("c-2", .on, seconds: 9_999, at: 100) == ["c-2 refused by max_on_time"])
        #expect(output.state.lease?.command == CommandID("c-1"))
        #expect(output.state.lastCommand?.evaluations.contains { $0.limit == .maxOnTime && !$0.isKept } == true)
    }

    @Test func `an output that was seen to go off must rest`() {
        var output = Output.running
        _ = output.order("c-2", .off, at: 100)
        _ = output.sent("c-2", at: 110)
        _ = output.answer("c-2", true, at: 120)
        _ = output.show(.off, 0, at: 1_000)
        #expect(output.order("c-3", .on, at: 2_999) == ["c-3 refused by min_off_time"])
        #expect(output.order("c-4", .on, seconds: 5, at: 3_000).first == "c-4 accepted ON 1.0 for 5 s")
    }
}
