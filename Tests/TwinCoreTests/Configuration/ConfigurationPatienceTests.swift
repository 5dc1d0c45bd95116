import Testing
import TwinCore

/// Answers that do not come, devices that are away, wishes that run out, runs that end.
@Suite struct ConfigurationPatienceTests {
    private let day: Int64 = 86_400_000

    private func wishing(_ desired: Desired = .parts) -> Configured {
        var device = Configured()
        _ = device.wish(at: 0) { $0 = desired }
        return device
    }

    @Test func `a lost answer is asked for with the same id, three times in all`() {
        var device = wishing()
        #expect(device.tick(at: 0).last == "-> cfg-1")
        let first = device.said
        #expect(device.deadline == 15_000 && device.tick(at: 14_999) == [])
        #expect(device.tick(at: 15_000) == ["cfg-1 again 2", "-> cfg-1"])
        #expect(device.said == first)
        #expect(device.tick(at: 30_000) == ["cfg-1 again 3", "-> cfg-1"])
        #expect(device.tick(at: 45_000) == ["cfg-1 postponed: no answer to 3 attempts"])
        #expect(device.standing.allSatisfy { $0.hasSuffix("pending") })
        #expect(device.deadline == 105_000)
    }

    @Test func `the pauses grow from a minute to a quarter of an hour`() {
        var device = wishing()
        var begun: [Int64] = []
        var pauses: [Int64] = []
        while pauses.count < 7, let time = device.deadline {
            let wasUnderWay = device.state.step != nil
            if device.tick(at: max(time, 0)).contains(where: { $0.contains(" says ") }), !wasUnderWay {
                begun.append(time)
            }
            if device.state.step == nil, let next = device.deadline { pauses.append((next - time) / 1000) }
        }
        #expect(pauses == [60, 120, 240, 480, 900, 900, 900])
        #expect(begun.count == 7)
        _ = device.wish(at: begun[6] + 60_000) { $0.sensors[.probe]?.name = "other" }
        #expect(device.tick(at: begun[6] + 60_000).last?.hasPrefix("-> cfg-") == true, "a new wish is tried at once")
    }

    @Test func `the answer to one attempt of three is enough`() {
        var device = wishing()
        _ = device.tick(at: 0)
        _ = device.answer(.sensor, at: 10)
        _ = device.tick(at: 15_000)
        #expect(device.answer(.sensor, at: 15_010) == [])
        #expect(device.answer(.actuator, at: 15_011).last == "cfg-1 answered")
        #expect(device.answer(.actuator, at: 15_012) == [])
    }

    @Test func `a device that is away for days is told nothing, and then what is still wished`() {
        var device = wishing()
        device.mayTell = false
        #expect(device.deadline == nil && device.tick(at: 3 * day) == [])
        _ = device.wish(at: 3 * day) { $0.sensors[.acid] = nil }
        _ = device.wish(at: 3 * day) { $0.zone = ZoneWish(id: "tent_a") }
        _ = device.beat(zone: "tent_a", at: 4 * day)
        device.mayTell = true
        #expect(
            device.tick(at: 4 * day).first?.hasSuffix(
                "says sensors/4:ds18b20:28AA11BB22CC33D4 actuators/26 actuators/27") == true)
    }

    @Test func `a step whose device leaves is over without a pause`() {
        var device = wishing()
        _ = device.tick(at: 0)
        device.mayTell = false
        #expect(device.deadline == 15_000)
        #expect(device.tick(at: 15_000) == ["cfg-1 dropped: the device takes no part"])
        #expect(device.deadline == nil)
        device.mayTell = true
        #expect(device.deadline == 0 && device.tick(at: 20_000).last == "-> cfg-3")
    }

    @Test func `a wish runs out to the millisecond, also while the device is away, and is not told any more`() {
        var device = Configured()
        device.mayTell = false
        _ = device.wish(validUntil: 5_000, at: 0) { $0.sensors[.acid] = SensorWish(name: "acid") }
        _ = device.wish(at: 10) { $0.sensors[.probe] = SensorWish(name: "probe") }
        #expect(device.deadline == 5_000 && device.tick(at: 4_999) == [])
        #expect(device.tick(at: 5_000) == ["expired sensors/34:ph"])
        device.mayTell = true
        #expect(device.tick(at: 6_000).first == "cfg-3 says sensors/4:ds18b20:28AA11BB22CC33D4")
        _ = device.answer(.sensor, at: 6_010)
        #expect(device.deadline == nil && device.state.delta == [.sensor(.acid)])
        #expect(device.wish(touched: [.sensor(.acid)], at: 7_000) { _ in } == ["wished sensors/34:ph"])
        #expect(device.tick(at: 7_000).first?.hasSuffix("says sensors/34:ph") == true)
    }

    @Test func `what ran out while it was told is not repeated, but a late answer counts`() {
        var device = Configured()
        _ = device.wish(validUntil: 10_000, at: 0) { $0.sensors[.acid] = SensorWish(name: "acid") }
        _ = device.tick(at: 0)
        #expect(device.tick(at: 10_000) == ["expired sensors/34:ph"])
        var late = device
        _ = late.answer(.sensor, at: 11_000)
        #expect(late[.sensor(.acid)] == .applied)
        #expect(device.tick(at: 15_000).first?.contains("dropped") == true)
        #expect(device[.sensor(.acid)] == .expired && device.deadline == nil)
    }

    @Test func `a wish that was carried out in time does not run out`() {
        var device = Configured()
        _ = device.wish(validUntil: 10_000, at: 0) { $0.sensors[.acid] = SensorWish(name: "acid") }
        _ = device.tick(at: 0)
        _ = device.answer(.sensor, at: 10)
        #expect(device.deadline == nil && device.tick(at: 20_000) == [])
    }

    @Test func `a wall clock that jumps ahead ends a wish, one that jumps back does not prolong it`() {
        var device = Configured()
        device.mayTell = false
        _ = device.wish(validUntil: 5_000, at: 0) { $0.sensors[.acid] = SensorWish(name: "acid") }
        let ahead = Moment(time: .beginning.advanced(byMilliseconds: day), uptime: Uptime(milliseconds: 10))
        #expect(device.state.decideOnTime(mayTell: true, revision: 1, at: ahead).events.count == 1)
        let back = Moment(time: .beginning.advanced(byMilliseconds: -day), uptime: Uptime(milliseconds: 5_000))
        #expect(device.state.decideOnTime(mayTell: true, revision: 1, at: back).events.count == 1)
    }

    @Test func `a step that a crash cut short is repeated with its id as soon as the device can hear`() throws {
        var device = wishing()
        _ = device.tick(at: 0)
        let told = device.said
        device.mayTell = false
        try device.restart(at: 500)
        #expect(device.deadline == nil && device.tick(at: 100_000) == [])
        device.mayTell = true
        #expect(device.tick(at: 100_000) == ["cfg-1 again 1", "-> cfg-1"])
        #expect(device.said == told && device.deadline == 115_000)
        _ = device.answer(.sensor, at: 100_010)
        #expect(device.answer(.actuator, at: 100_011).last == "cfg-1 answered")
    }

    @Test func `what a crash cut short and nobody wishes any more is not repeated`() throws {
        var device = wishing()
        _ = device.tick(at: 0)
        try device.restart(at: 500)
        _ = device.wish(at: 600) { $0.sensors[.acid]?.name = "other" }
        let lines = device.tick(at: 700)
        #expect(lines.first?.hasPrefix("cfg-1 dropped") == true && lines.last?.hasPrefix("-> cfg-") == true)
    }

    @Test func `wishes, pauses and ends of validity survive a restart, on the new run's clock`() throws {
        var device = wishing()
        _ = device.wish(validUntil: 1_000_000, at: 0) { $0.zone = ZoneWish(id: "tent_a") }
        for time: Int64 in [0, 15_000, 30_000, 45_000] { _ = device.tick(at: time) }
        let before = device.state
        device.state = try stored(device.state)
        #expect(device.state == before)
        let later = Moment(time: .beginning.advanced(byMilliseconds: 600_000), uptime: Uptime(milliseconds: 7))
        device.state.beginRun(at: later)
        device.mayTell = false
        #expect(device.deadline == 400_007)
        #expect(device.state.desired == before.desired && device.state.properties.count == before.properties.count)
    }

    @Test func `a clock that ran backwards does not make a push look older than the one before`() {
        var device = Configured.holding(.parts)
        _ = device.wish(at: 0) { $0.sensors[.acid]?.name = "other" }
        let back = Moment(time: UnixTime(milliseconds: -5), uptime: Uptime(milliseconds: 10))
        let steps = device.state.decideOnTime(mayTell: true, revision: 9, at: back).steps
        guard case .push(let push) = steps.first?.order else { Issue.record("no push"); return }
        #expect(push.generation == 1_777_600_001)
    }
}
