import Testing

@testable import TwinCore

/// What counts as on: everything that is not known to be off.
@Suite struct DutyTests {
    private static var plain: ActuatorContext {
        ActuatorContext(address: .greenhouse, kind: .plain, circumstances: .favourable)
    }

    @Test func `on counts from the order until the device shows it off`() {
        var output = Output.running(Self.plain)
        #expect(output.state.duty.onSince == Uptime(milliseconds: 0))
        _ = output.tick(at: 60_000)
        #expect(output.state.lease == nil)
        #expect(output.state.duty.onSince == Uptime(milliseconds: 0), "told OFF is not off")
        _ = output.show(.error, 0, at: 61_000)
        #expect(output.state.duty.onSince == Uptime(milliseconds: 0), "an error is not off")
        _ = output.show(.off, 0, at: 62_000)
        #expect(output.state.duty.onSince == nil)
        #expect(output.state.duty.periods.map(\.off?.uptime.milliseconds) == [62_000])
        #expect(output.state.duty.lastOff?.uptime == Uptime(milliseconds: 62_000))
    }

    @Test func `a status that was under way before the command does not end an on-time`() {
        var output = Output()
        output.context = Self.plain
        _ = output.order("c-1", .on, seconds: 60, at: 100)
        _ = output.show(.off, 0, at: 105)
        #expect(output.state.duty.onSince == Uptime(milliseconds: 100))
        #expect(output.state.lease != nil)
    }

    @Test func `an output that went on by itself has to rest as well`() {
        var output = Output()
        _ = output.show(.on, 255, at: 1_000)
        #expect(output.state.duty.onSince == Uptime(milliseconds: 1_000))
        _ = output.show(.off, 0, at: 2_000)
        _ = output.show(.off, 0, at: 3_000)
        #expect(output.state.duty.lastOff?.uptime == Uptime(milliseconds: 2_000), "the rest began when off was seen")
        #expect(output.order("c-1", .on, at: 3_999) == ["c-1 refused by min_off_time"])
        #expect(output.order("c-2", .on, at: 4_000).first?.hasPrefix("c-2 accepted") == true)
    }

    @Test func `an output in error is not one that others can count on`() {
        var output = Output.running(Self.plain)
        #expect(output.state.standing(draw: Draw(), at: .at(1_030)).shownOnMilliseconds == 1_000)
        _ = output.show(.error, 0, at: 2_000)
        let standing = output.state.standing(draw: Draw(), at: .at(3_000))
        #expect(standing.shownOnMilliseconds == nil)
        #expect(standing.mayBeOn)
    }

    @Test func `an ON that overtakes an OFF would be a start that nobody counts`() {
        var output = Output()
        output.context = Self.plain
        output.context.kind.limits.startsPerHour = 1
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.order("c-2", .off, at: 1_000)
        #expect(output.order("c-3", .on, at: 1_001) == ["c-3 refused by safe_state"])
    }

    @Test func `renewals prolong one uninterrupted on-time`() {
        var output = Output.running(Self.plain)
        output.context.kind.limits.maxOnSeconds = 100
        #expect(
            output.order("c-2", .on, seconds: 50, renews: "c-1", at: 50_000) == [
                "lease renewed", "c-2 accepted ON 1.0 for 50 s", "-> ON 1.0 for 50 s",
            ])
        #expect(output.order("c-3", .on, seconds: 41, renews: "c-2", at: 60_000) == ["c-3 refused by max_on_time"])
        #expect(output.order("c-4", .on, seconds: 41, at: 60_000) == ["c-4 refused by max_on_time"])
        #expect(
            output.order("c-5", .on, seconds: 9, by: "user:jo", renews: "c-2", at: 60_000) == [
                "c-5 refused by lease_owner"
            ])
        #expect(output.order("c-6", .on, seconds: 9, renews: "c-2", at: 100_000) == ["c-6 refused by lease_owner"])
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `on-times that are taken together never count less than they were`(_ seed: UInt64) {
        var chance = SplitMix(state: seed)
        var duty = Duty()
        var all: [(on: Int64, off: Int64)] = []
        var now: Int64 = 0
        for _ in 0..<200 {
            now += Int64(1 + chance.below(90_000))
            duty.begin(at: .at(now))
            let on = now
            now += Int64(1 + chance.below(90_000))
            duty.end(at: .at(now))
            all.append((on, now))
            let uptime = Uptime(milliseconds: now + Int64(chance.below(5_000)))
            let starts = all.count { uptime.milliseconds - $0.on < 3_600_000 }
            #expect(duty.starts(withinMilliseconds: 3_600_000, at: uptime) >= min(starts, 60))
            #expect(duty.periods.count <= Duty.maximumPeriods)
            for rest in [10_000, 60_000, 89_000, 1_000_000] as [Int64] {
                var run: Int64 = 0
                var next = uptime.milliseconds
                for period in all.reversed() {
                    if next - period.off >= rest { break }
                    run += period.off - period.on
                    next = period.on
                }
                #expect(duty.runMilliseconds(sinceRestOfMilliseconds: rest, at: uptime) >= run)
            }
        }
    }

    private static func moment(time: Int64, uptime: Int64) -> Moment {
        Moment(time: .beginning.advanced(byMilliseconds: time), uptime: Uptime(milliseconds: uptime))
    }

    @Test func `a new run counts on from the wall clock's age`() {
        var duty = Duty.on((0, 10_000), (15_000, nil))
        duty.beginRun(wasCommanded: true, at: Self.moment(time: 75_000, uptime: 5))
        #expect(duty.onSince == Uptime(milliseconds: 5 - 60_000))
        #expect(duty.periods[0].off?.uptime == Uptime(milliseconds: 5 - 65_000))
        #expect(duty.lastOff?.uptime == Uptime(milliseconds: 5), "how long it rests now is not known from before")
        var uncommanded = Duty()
        uncommanded.beginRun(wasCommanded: false, at: Self.moment(time: 75_000, uptime: 5))
        #expect(uncommanded.lastOff == nil)
    }

    @Test func `a clock that was set back makes what is on older and its start no older`() {
        var duty = Duty.on((0, 10_000), (15_000, nil))
        duty.beginRun(wasCommanded: true, at: Self.moment(time: -9_000_000, uptime: 0))
        #expect(duty.onSince == Uptime(milliseconds: -86_400_000))
        #expect(duty.starts(withinMilliseconds: 3_600_000, at: Uptime(milliseconds: 0)) == 2)
    }

    @Test func `a clock that was set back makes no on-time shorter and no start older`() {
        var duty = Duty.on((0, 10_000), (15_000, 55_000))
        duty.beginRun(wasCommanded: true, at: Self.moment(time: -9_000_000, uptime: 0))
        #expect(duty.runMilliseconds(sinceRestOfMilliseconds: 20_000, at: Uptime(milliseconds: 0)) == 50_000)
        #expect(duty.starts(withinMilliseconds: 3_600_000, at: Uptime(milliseconds: 0)) == 2)
        #expect(duty.periods.last?.off?.uptime == Uptime(milliseconds: 0))
    }

    @Test func `an output that is on, of which nobody knows since when, was on too long for any limit`() {
        var duty = Duty.on((0, 10_000), (15_000, nil))
        duty.beginRun(wasCommanded: true, at: Self.moment(time: 14_999, uptime: 0))
        #expect(duty.onSince == Uptime(milliseconds: -86_400_000))
        let asked = Asked().with {
            $0.subject.duty = duty
            $0.limits.maxOnSeconds = 86_400
            $0.seconds = 1
            $0.time = 0
        }
        #expect(asked.broken?.limit == .maxOnTime)
    }
}
