import Testing
import TwinCore

/// Limits that must hold as long as an output is on, whatever changes around it.
@Suite struct StandingTests {
    private static let broken = [
        "alarm limit_broken", "lease limit_broken", "off ordered: sensor_guard broken", "-> OFF by doppel:safe_state",
    ]

    /// An output whose level sensor must show 10 to 20, at most 30 s old.
    private static var guarded: ActuatorContext {
        var context = ActuatorContext(address: .greenhouse, kind: .plain, circumstances: .favourable)
        context.kind.limits.guards = [SensorGuard(sensor: .level, range: 10...20, maxAgeSeconds: 30)]
        context.circumstances.neighbourhood.readings[.level] = [.level(15)]
        return context
    }

    @Test(
        arguments: [.level(21), .level(15, .suspect), .level(15, ageMilliseconds: 30_001), .level(nil)]
            as [SensorReading])
    func `a guard that does not hold any more switches off, once`(_ reading: SensorReading) {
        var output = Output.running(Self.guarded)
        #expect(output.standing(at: 1_000) == [])
        output.context.circumstances.neighbourhood.readings[.level] = [reading]
        #expect(output.standing(at: 2_000) == Self.broken)
        #expect(output.state.lease == nil)
        #expect(output.standing(at: 2_001) == [])
        #expect(output.show(.off, 0, at: 2_100) == ["shown off 0", "off confirmed"])
        #expect(output.standing(at: 3_000) == [], "nothing happens while it is off")
    }

    @Test func `a guard breaks while the command is under way`() {
        var output = Output()
        output.context = Self.guarded
        _ = output.order("c-1", .on, seconds: 60)
        output.context.circumstances.neighbourhood.readings[.level] = [.level(21)]
        #expect(
            output.standing(at: 100) == [
                "alarm limit_broken",
                "c-1 failed: sensor_guard: level 10.0 ... 20.0, at most 30 s old, but level: 21.0",
            ] + Self.broken.dropFirst())
        #expect(output.state.pending == nil)
    }

    @Test func `a guard breaks with the status that confirms the command`() {
        var output = Output()
        output.context = Self.guarded
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 10)
        _ = output.answer("c-1", true, at: 20)
        output.context.circumstances.neighbourhood.readings[.level] = []
        #expect(output.show(.on, 255, at: 30) == ["shown on 255", "c-1 confirmed"] + Self.broken)
    }

    @Test func `a value that nobody renews is too old to the millisecond`() {
        var output = Output.running(Self.guarded)
        #expect(output.deadline == 29_031, "it was a second old at 30")
        output.context.circumstances.neighbourhood.readings[.level] = [.level(15, ageMilliseconds: 30_000)]
        #expect(output.tick(at: 29_030) == [])
        output.context.circumstances.neighbourhood.readings[.level] = [.level(15, ageMilliseconds: 30_001)]
        #expect(output.tick(at: 29_031) == Self.broken)
    }

    private static func excluded(_ isOtherOn: Bool) -> ActuatorContext {
        var context = ActuatorContext(address: .greenhouse, kind: .plain, circumstances: .favourable)
        context.circumstances.neighbourhood.interlocks = [
            Interlock(name: "one pump", rule: .exclusive, members: [.own, .other])
        ]
        context.circumstances.neighbourhood.outputs[.other] = OutputStanding(isOn: isOtherOn, mayBeOn: isOtherOn)
        return context
    }

    @Test func `an interlock that is broken from outside switches off`() {
        var output = Output.running(Self.excluded(false))
        output.context = Self.excluded(true)
        #expect(
            output.standing(at: 1_000) == [
                "alarm limit_broken", "lease limit_broken", "off ordered: interlock broken",
                "-> OFF by doppel:safe_state",
            ])
    }

    @Test func `an output that nobody commanded goes off when it breaks an interlock by itself`() {
        var output = Output()
        output.context = Self.excluded(true)
        #expect(
            output.show(.on, 255, at: 1_000) == [
                "shown on 255", "alarm limit_broken", "off ordered: interlock broken", "-> OFF by doppel:safe_state",
            ])
    }

    @Test func `an emergency stop that comes to hold a running output switches it off`() {
        let lines = ["lease stopped", "off ordered: on while stopped", "-> OFF by doppel:safe_state"]
        var running = Output.running
        running.context.circumstances.isLatched = true
        #expect(running.standing(at: 1_000) == lines)
        #expect(running.standing(at: 1_001) == [])

        var shown = Output.running
        shown.context.circumstances.isLatched = true
        #expect(shown.show(.on, 255, at: 1_000) == ["shown on 255"] + lines)

        var pending = Output()
        _ = pending.order("c-1", .on, seconds: 60)
        pending.context.circumstances.isLatched = true
        #expect(pending.standing(at: 1_000) == ["c-1 failed: an emergency stop holds the output"] + lines)

        var off = Output()
        _ = off.show(.off, 0, at: 0)
        off.context.circumstances.isLatched = true
        #expect(off.standing(at: 1_000) == [])
    }

    @Test func `an OFF that no status shows is one alarm, on time, however often it is told`() {
        var output = Output.running
        var alarms: [Int64] = []
        var now: Int64 = 60_000
        while now < 400_000 {
            if output.tick(at: now).contains("alarm safe_state_overdue") { alarms.append(now) }
            // The device comes and goes.
            if now > 70_000, now < 300_000 { _ = output.returned(at: now + 1) }
            now = min(max(output.deadline ?? .max, now + 2), now + 5_000)
        }
        #expect(alarms.count == 1)
        #expect(alarms.allSatisfy { (90_000...90_010).contains($0) }, "\(alarms)")
    }

    @Test func `a new run waits as long for its OFF, from its own beginning`() {
        var output = Output.running
        _ = output.tick(at: 60_000)
        func moment(_ uptime: Int64) -> Moment {
            Moment(time: .beginning.advanced(byMilliseconds: 100_000 + uptime), uptime: Uptime(milliseconds: uptime))
        }
        output.state.beginRun(at: moment(0))
        let early = output.state.decideOnTime(in: output.context, at: moment(29_999)).events.map(\.words)
        #expect(!early.contains("alarm safe_state_overdue"))
        let late = output.state.decideOnTime(in: output.context, at: moment(30_000)).events.map(\.words)
        #expect(late.contains("alarm safe_state_overdue"))
    }
}

/// A tag that hangs on an output.
@Suite struct LockoutTests {
    @Test func `a tag switches off at once, and nothing energises until it falls off`() {
        var output = Output.running
        #expect(
            output.lockOut(seconds: 100, at: 1_000) == [
                "lease switched_off", "off ordered: locked out", "locked out by Jo", "-> OFF by doppel:safe_state",
            ])
        #expect(output.show(.off, 0, at: 1_100) == ["shown off 0", "off confirmed"])
        #expect(output.order("c-2", .on, at: 50_000) == ["c-2 refused by lockout"])
        #expect(output.order("c-3", .off, at: 50_001).last == "-> OFF by user:mara")
        _ = output.sent("c-3", at: 50_002)
        _ = output.answer("c-3", true, at: 50_003)
        _ = output.show(.off, 0, at: 50_004)
        #expect(output.deadline == 101_000)
        #expect(output.tick(at: 100_999) == [])
        #expect(output.tick(at: 101_000) == ["lockout expired"])
        #expect(output.order("c-4", .on, seconds: 60, at: 101_000).last == "-> ON 1.0 for 60 s")
    }

    @Test func `a tag on an output that is off says nothing to the device`() {
        var output = Output()
        _ = output.show(.off, 0, at: 0)
        #expect(output.lockOut(seconds: 100, at: 1_000) == ["locked out by Jo"])
        #expect(output.unlock(at: 2_000) == ["lockout removed by Jo"])
        #expect(output.unlock(at: 2_001) == [])
        #expect(output.order("c-1", .on, seconds: 60, at: 3_000).last == "-> ON 1.0 for 60 s")
    }

    @Test func `a tag survives a restart with the time that it has left, and gets no more than it was given`() throws {
        var output = Output()
        _ = output.lockOut(seconds: 100, at: 1_000)
        for (time, left) in [(51_000, 50_000), (-900_000, 100_000), (500_000, 0)] as [(Int64, Int64)] {
            var next = try stored(output.state)
            next.beginRun(at: Moment(time: .beginning.advanced(byMilliseconds: time), uptime: Uptime(milliseconds: 7)))
            #expect(next.lockout?.endsAt == Uptime(milliseconds: 7 + left))
        }
    }
}
