import Testing
import TwinCore

/// A sensor that shows whether an output works.
@Suite struct EffectTests {
    private static let flow = SensorReference(type: "flow")
    private static let missed = [
        "alarm no_effect", "lease limit_broken", "off ordered: no effect", "-> OFF by doppel:safe_state",
    ]
    private static let stray = [
        "alarm effect_without_command", "off ordered: effect without command", "-> OFF by doppel:safe_state",
    ]

    private static func context(_ measure: EffectRule.Measure = .value) -> ActuatorContext {
        var context = ActuatorContext(address: .greenhouse, kind: .plain, circumstances: .favourable)
        context.kind.limits.effect = EffectRule(
            sensor: flow, measure: measure, range: 1...100, withinSeconds: 10, upstream: .other)
        return context
    }

    /// The flow sensor last spoke at a time, and it is later now.
    private static func flow(
        _ value: Double, slope: Double? = nil, received: Int64, now: Int64? = nil, in output: inout Output
    ) {
        output.context.circumstances.neighbourhood.readings[flow] = [
            .level(
                value, ageMilliseconds: (now ?? received) - received, slope: slope, name: "flow", receivedAt: received)
        ]
    }

    @Test func `an effect that shows is written down now and then`() {
        var output = Output.running(Self.context())
        for (time, isNews) in [(2_000, true), (3_000, false), (6_999, false), (7_000, true)] as [(Int64, Bool)] {
            Self.flow(5, received: time, in: &output)
            #expect(output.standing(at: time) == (isNews ? ["effect seen"] : []))
        }
        #expect(output.deadline == 17_000)
    }

    @Test func `an effect that does not show in time fails the output and closes what feeds it`() {
        var output = Output.running(Self.context())
        // What was measured when it came on shows nothing.
        Self.flow(5, received: 30, now: 5_000, in: &output)
        #expect(output.standing(at: 5_000) == [])
        #expect(output.deadline == 10_030)
        #expect(output.tick(at: 10_029) == [])
        #expect(output.tick(at: 10_030) == Self.missed)
        #expect(output.closes == [ActuatorDecision.Closing(output: .other, cause: .feeds(.own))])
        #expect(output.state.lastCommand?.state == .failed)
    }

    @Test func `an effect that vanishes later fails it too`() {
        var output = Output.running(Self.context())
        Self.flow(5, received: 2_000, in: &output)
        _ = output.standing(at: 2_000)
        Self.flow(0, received: 7_000, in: &output)
        #expect(output.standing(at: 7_000) == [])
        #expect(output.deadline == 12_000)
        #expect(output.tick(at: 11_999) == [])
        #expect(output.tick(at: 12_000) == Self.missed)
    }

    @Test func `a sensor that falls silent is missed when its last word is too old, and the timer does not spin`() {
        var output = Output.running(Self.context())
        Self.flow(5, received: 2_000, in: &output)
        _ = output.standing(at: 2_000)
        Self.flow(5, received: 6_000, in: &output)
        #expect(output.standing(at: 6_000) == [])
        #expect(output.deadline == 16_000)
        Self.flow(5, received: 6_000, now: 12_000, in: &output)
        #expect(output.tick(at: 12_000) == [])
        #expect(output.deadline == 16_000)
        Self.flow(5, received: 6_000, now: 16_000, in: &output)
        #expect(output.tick(at: 16_000) == Self.missed)
    }

    @Test func `an effect may be where the value goes`() {
        var output = Output.running(Self.context(.slopePerMinute))
        Self.flow(50, slope: nil, received: 2_000, in: &output)
        #expect(output.standing(at: 2_000) == [])
        Self.flow(0, slope: 3, received: 3_000, in: &output)
        #expect(output.standing(at: 3_000) == ["effect seen"])
    }

    @Test func `an effect without a command is an alarm, once for each time that the output is off`() {
        var output = Output()
        output.context = Self.context()
        _ = output.show(.off, 0, at: 0)
        Self.flow(5, received: 11_000, in: &output)
        #expect(output.standing(at: 11_000) == Self.stray)
        #expect(output.closes.map(\.output) == [.other])
        #expect(output.show(.off, 0, at: 11_100) == ["shown off 0", "off confirmed"])
        Self.flow(5, received: 13_000, in: &output)
        #expect(output.standing(at: 13_000) == [])

        _ = output.order("c-1", .on, seconds: 60, at: 20_000)
        _ = output.sent("c-1", at: 20_001)
        _ = output.answer("c-1", true, at: 20_010)
        _ = output.show(.on, 255, at: 20_030)
        _ = output.order("c-2", .off, at: 21_000)
        _ = output.sent("c-2", at: 21_001)
        _ = output.answer("c-2", true, at: 21_010)
        _ = output.show(.off, 0, at: 21_030)
        Self.flow(5, received: 31_030, in: &output)
        #expect(output.standing(at: 31_030) == [], "it may still die away")
        Self.flow(5, received: 31_031, in: &output)
        #expect(output.standing(at: 31_031) == Self.stray)
    }
}
