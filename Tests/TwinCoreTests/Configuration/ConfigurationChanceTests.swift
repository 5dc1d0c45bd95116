import Testing
import TwinCore

/// The whole exchange under losses, repetitions, refusals, reboots and crashes, from a seed.
@Suite struct ConfigurationChanceTests {
    @Test(arguments: [1, 31, 61, 91] as [UInt64])
    func `after the faults end, the device holds what is wished and not refused`(first: UInt64) {
        for seed in first..<first + 30 {
            var exchange = Exchange(seed: seed)
            exchange.run(until: 6 * 3_600_000)
            let told = exchange.told
            exchange.endFaults()
            exchange.run(until: 12 * 3_600_000)
            let state = exchange.twin
            let rest = state.properties.filter { $0.value.state != .applied }
            #expect(rest.values.allSatisfy { !$0.state.isOpen }, "seed \(seed): \(rest)")
            #expect(exchange.told - told <= 80, "seed \(seed): \(exchange.told - told) messages after the faults")
            var held = exchange.device.held
            held.zone = held.zone ?? ZoneWish(id: "")
            // What was refused or ran out while nobody answered may be held or not.
            let doubted = Desired.differences(Desired(), state.unconfirmed)
            let unknown = Desired.differences(held, state.reported).filter { !doubted.contains($0) }
            #expect(unknown == [], "seed \(seed)")
            #expect(doubted.allSatisfy { rest[$0] != nil }, "seed \(seed)")
            #expect(
                Desired.differences(state.desired, state.reported).allSatisfy { rest[$0] != nil || $0 == .zone },
                "seed \(seed)")
        }
    }
}

/// A twin, a device, a network between them that cannot be relied upon, and an operator.
private struct Exchange {
    private(set) var twin = ConfigurationState()
    private(set) var device = ModelDevice()
    /// How many messages the device was told.
    private(set) var told = 0
    private let seed: UInt64
    private var chance: Chance
    private var isFaulty = true
    private var now: Int64 = 0
    private var runBegan: Int64 = 0
    private var revision: UInt64 = 0
    private var awayUntil: Int64 = 0
    private var nextBeat: Int64 = 0
    private var nextWish: Int64 = 0
    private var toDevice: [(at: Int64, step: ConfigurationStep)] = []
    private var toTwin: [(at: Int64, word: ModelDevice.Word)] = []

    init(seed: UInt64) {
        self.seed = seed
        chance = Chance(seed: seed)
        device.refusedPins = [.pin(14)]
    }

    /// From now on everything works, except what the device refuses for good.
    mutating func endFaults() {
        isFaulty = false
        awayUntil = now
    }

    private var moment: Moment {
        Moment(time: .beginning.advanced(byMilliseconds: now), uptime: Uptime(milliseconds: now - runBegan))
    }
    private var mayTell: Bool { now >= awayUntil }

    mutating func run(until end: Int64) {
        while now < end {
            advance()
            if let deadline = twin.nextDeadline(mayTell: mayTell), deadline <= moment.uptime { tick() }
            let deadline = twin.nextDeadline(mayTell: mayTell).map { runBegan + $0.milliseconds }
            var times = [deadline, toDevice.first?.at, toTwin.first?.at, nextBeat].compactMap { $0 }
            if isFaulty { times.append(nextWish) }
            if awayUntil > now { times.append(awayUntil) }
            now = max(times.min() ?? end, now)
        }
    }

    /// Everything that is due now, but what time brings to the twin.
    private mutating func advance() {
        while let (at, step) = toDevice.first, at <= now {
            toDevice.removeFirst()
            guard mayTell else { continue }
            for word in device.obey(step) { send(word) }
        }
        while let (at, word) = toTwin.first, at <= now {
            toTwin.removeFirst()
            switch word {
            case .section(let answer): take(twin.decide(on: answer, at: moment))
            case .zone(let answer): take(twin.decide(on: answer, at: moment))
            case .subzone(let answer): take(twin.decide(on: answer, at: moment))
            }
        }
        if nextBeat <= now {
            nextBeat = now + 60_000
            if isFaulty { fail() }
            if mayTell { beat() }
        }
        if isFaulty, nextWish <= now {
            nextWish = now + chance.number(1_000...900_000)
            wish()
        }
    }

    private mutating func tick() {
        let decision = twin.decideOnTime(mayTell: mayTell, revision: revision, at: moment)
        take(decision)
        #expect(decision.steps.isEmpty || mayTell && decision.steps.count == 1, "seed \(seed)")
        if decision.steps.isEmpty, let deadline = twin.nextDeadline(mayTell: mayTell) {
            #expect(deadline > moment.uptime, "seed \(seed): due again at once")
        }
        for step in decision.steps {
            told += 1
            if isFaulty, chance.happens(onceIn: 5) { continue }
            for _ in 0..<(isFaulty && chance.happens(onceIn: 8) ? 2 : 1) {
                toDevice.append((max(toDevice.last?.at ?? 0, now + delay()), step))
            }
        }
    }

    private mutating func take(_ decision: ConfigurationDecision) {
        for event in decision.events { twin.apply(event, at: moment) }
        revision += UInt64(decision.events.count)
    }

    private mutating func send(_ word: ModelDevice.Word) {
        if isFaulty, chance.happens(onceIn: 5) { return }
        for _ in 0..<(isFaulty && chance.happens(onceIn: 8) ? 2 : 1) {
            toTwin.append((max(toTwin.last?.at ?? 0, now + delay()), word))
        }
    }

    private mutating func delay() -> Int64 { isFaulty ? chance.number(0...20_000) : 20 }

    private mutating func beat() {
        let heartbeat = Heartbeat(
            clock: DeviceClock(wire: 0), uptimeSeconds: 0, heapFreeBytes: 0, rssiDBm: 0, zone: device.zone,
            masterZone: device.masterZone, sensorCount: device.held.sensors.count,
            actuatorCount: device.held.actuators.count)
        take(twin.decide(on: heartbeat, at: moment))
    }

    /// Something breaks, or nothing.
    private mutating func fail() {
        switch chance.next() % 40 {
        case 0: device.reboot(losesZone: chance.happens(onceIn: 2))
        case 1:
            awayUntil = now + chance.number(1_000...3_600_000)
            toDevice = []
            toTwin = []
        case 2...4: device.isBusy = true
        case 5:
            guard let copy = try? stored(twin) else { Issue.record("seed \(seed): does not survive storing"); return }
            #expect(copy == twin, "seed \(seed)")
            twin = copy
            runBegan = now
            twin.beginRun(at: moment)
        default: break
        }
    }

    /// An operator changes something, or the same once more.
    private mutating func wish() {
        var desired = twin.desired
        let pin = GPIO.pin(Int(chance.number(13...18)))
        let key = SensorKey(gpio: pin, type: "flow", address: .none)
        let name = "n\(chance.number(0...3))"
        switch chance.next() % 8 {
        case 0: desired.zone = ZoneWish(id: "tent_\(chance.number(0...2))", name: name)
        case 1:
            desired.zone = nil
            desired.subzones = [:]
        case 2, 3:
            desired.sensors[key] = SensorWish(name: name)
            desired.actuators[pin] = nil
        case 4, 5:
            desired.actuators[pin] = ActuatorWish(type: "pump", name: name)
            desired.sensors[key] = nil
        case 6:
            desired.sensors[key] = nil
            desired.actuators[pin] = nil
        default:
            if desired.zone != nil {
                desired.subzones["s\(chance.number(0...2))"] = SubzoneWish(name: name, gpios: [pin])
            }
        }
        let validUntil = chance.happens(onceIn: 6) ? moment.time.advanced(byMilliseconds: 600_000) : nil
        take(
            twin.decide(
                on: desired, touched: twin.properties.keys.sorted(), by: "user:mara", revision: revision,
                validUntil: validUntil, at: moment))
    }
}
