import Testing

@testable import TwinCore

/// The gate under chance: limits, states and orders that nobody thought of.
@Suite struct GateChanceTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `what is cleared keeps every limit, and every limit is judged`(_ seed: UInt64) {
        var chance = SplitMix(state: seed)
        var cleared = 0
        for _ in 0..<1_000 {
            let asked = Self.draw(&chance)
            let evaluations = asked.evaluations
            #expect(evaluations.map(\.limit) == Self.expected(asked))
            switch asked.verdict {
            case .cleared(let command, _):
                cleared += 1
                #expect(evaluations.allSatisfy { $0.isKept })
                #expect(command.drive == asked.drive && command.drive.level > 0 && command.drive.level <= 1)
                #expect((1...asked.limits.maxOnSeconds).contains(command.durationSeconds))
                #expect(command.expiresAt == Uptime(milliseconds: asked.time + 5_000))
                #expect(!asked.circumstances.isLatched && asked.circumstances.deviceStatus == .online)
                #expect(asked.subject.lockout == nil && !asked.subject.isBeingDrivenOff)
            case .refused(let broken, _):
                #expect(!broken.isKept && evaluations.first { !$0.isKept } == broken)
                #expect(broken.retryAfterMilliseconds.map { $0 >= 1 } ?? true)
            }
        }
        #expect(cleared > 0, "chance has to let something pass")
    }

    /// Every limit that is declared, once, in the order in which they are judged.
    private static func expected(_ asked: Asked) -> [Gate.Limit] {
        let limits = asked.limits
        let isDangerous = limits.hazard > .none
        var all: [(Gate.Limit, Int)] = [
            (.latch, 1), (.epoch, 1), (.quarantine, 1), (.approved, 1), (.online, 1), (.journal, 1), (.broker, 1),
        ]
        let asksPeople = !asked.confirmation.isRepetition
        all += [
            (.confirmation, isDangerous && asksPeople ? 1 : 0),
            (.secondPerson, limits.hazard == .secondPerson && asksPeople ? 1 : 0),
            (.leaseOwner, asked.renews == nil ? 0 : 1), (.range, 1), (.resolution, limits.resolution == nil ? 0 : 1),
            (.slew, limits.slewPerSecond == nil ? 0 : 1), (.maxOnTime, 1),
            (.minOnTime, limits.minOnSeconds > 0 && asksPeople ? 1 : 0),
            (.countedByDevice, isDangerous && !asked.drive.isCountedByDevice ? 1 : 0), (.minOffTime, 1),
            (.startsPerHour, limits.startsPerHour == nil ? 0 : 1), (.coolDown, limits.coolDown == nil ? 0 : 1),
            (.safeState, 1), (.lockout, asked.subject.lockout == nil ? 0 : 1), (.sensorGuard, limits.guards.count),
            (.interlock, asked.neighbourhood.interlocks.count), (.budget, asked.neighbourhood.budgets.count),
        ]
        return all.flatMap { Array(repeating: $0.0, count: $0.1) }
    }

    private static func draw(_ chance: inout SplitMix) -> Asked {
        var asked = Asked()
        let levels = [0.1, 0.5, 1, 1.5, .nan, -1, 0.333]
        let level = levels[Int.random(in: 0..<levels.count, using: &chance)]
        asked.drive = Bool.random(using: &chance) ? .on(level: 1) : .pwm(level: level)
        asked.seconds = [nil, 1, 30, 60, 61, 3_600, 3_601, 0, -1, .max, .min].randomElement(using: &chance)!
        drawLimits(&asked, &chance)
        drawState(&asked, &chance)
        drawSurroundings(&asked, &chance)
        return asked
    }

    /// One chance in so many.
    private static func one(in number: Int, _ chance: inout SplitMix) -> Bool {
        Int.random(in: 0..<number, using: &chance) == 0
    }

    private static func drawLimits(_ asked: inout Asked, _ chance: inout SplitMix) {
        asked.limits.maxOnSeconds = [60, 600, 3_600].randomElement(using: &chance)!
        if one(in: 3, &chance) { asked.limits.levels = 0.2...0.9 }
        if one(in: 3, &chance) { asked.limits.slewPerSecond = [0.1, 1].randomElement(using: &chance) }
        if one(in: 3, &chance) { asked.limits.resolution = [0.1, 0.25, 1].randomElement(using: &chance) }
        if one(in: 3, &chance) { asked.limits.minOnSeconds = 30 }
        if one(in: 3, &chance) { asked.limits.minOffSeconds = 20 }
        if one(in: 3, &chance) { asked.limits.startsPerHour = Int.random(in: 1...3, using: &chance) }
        if one(in: 3, &chance) { asked.limits.coolDown = CoolDown(runSeconds: 120, restSeconds: 60) }
        if one(in: 3, &chance) { asked.limits.hazard = HazardClass.allCases.randomElement(using: &chance)! }
        for _ in 0..<[0, 0, 0, 1, 2].randomElement(using: &chance)! {
            asked.limits.guards.append(
                SensorGuard(
                    sensor: .level, range: 10...20, maxAgeSeconds: 30,
                    direction: SensorGuard.Direction.allCases.randomElement(using: &chance)))
        }
    }

    private static func drawState(_ asked: inout Asked, _ chance: inout SplitMix) {
        var uptime = asked.time - Int64.random(in: 0..<4_000_000, using: &chance)
        while uptime < asked.time, !one(in: 4, &chance) {
            asked.subject.duty.begin(at: .at(uptime))
            uptime += Int64.random(in: 1..<900_000, using: &chance)
            guard uptime < asked.time else { break }
            asked.subject.duty.end(at: .at(uptime))
            asked.subject.duty.rest(from: .at(uptime))
            uptime += Int64.random(in: 1..<900_000, using: &chance)
        }
        if one(in: 3, &chance) {
            asked.subject.driven = .init(
                level: 0.5, since: Uptime(milliseconds: asked.time - Int64.random(in: 0...1_500, using: &chance)))
        }
        if one(in: 4, &chance) {
            asked.renews = CommandID("c-0")
            asked.subject.lease = .until(asked.time + Int64.random(in: -2_000...60_000, using: &chance))
        }
        asked.subject.isBeingDrivenOff = one(in: 12, &chance)
        asked.confirmation = Gate.Confirmation(
            seenRevision: [nil, 0, 1].randomElement(using: &chance)!, isSeconded: Bool.random(using: &chance),
            isRepetition: one(in: 5, &chance))
        if one(in: 12, &chance) {
            asked.subject.lockout = Lockout(name: "Jo", reason: "seal", seconds: 60, at: .at(asked.time - 1_000))
        }
    }

    private static func drawSurroundings(_ asked: inout Asked, _ chance: inout SplitMix) {
        if one(in: 8, &chance) {
            asked.circumstances.deviceStatus = DeviceStatus.allCases.randomElement(using: &chance)!
        }
        asked.circumstances.isLatched = one(in: 12, &chance)
        asked.circumstances.isJournalTakingFacts = !one(in: 12, &chance)
        asked.circumstances.isBrokerConnected = !one(in: 12, &chance)
        if one(in: 12, &chance) { asked.circumstances.fencedBy = "another" }
        if one(in: 12, &chance) { asked.circumstances.quarantine = "it fails" }
        asked.neighbourhood.readings[.level] = [
            .level(
                Double.random(in: 5...25, using: &chance),
                ageMilliseconds: Int64.random(in: 0...40_000, using: &chance),
                slope: [nil, 1, -1, 0].randomElement(using: &chance)!)
        ]
        for address in [OutputAddress.other, .third] {
            let isOn = Bool.random(using: &chance)
            asked.neighbourhood.outputs[address] = OutputStanding(
                shownOnMilliseconds: isOn ? Int64.random(in: 0...9_000, using: &chance) : nil, isOn: isOn,
                mayBeOn: isOn,
                draw: Draw(watts: 50))
        }
        for _ in 0..<[0, 0, 1, 2].randomElement(using: &chance)! {
            asked.neighbourhood.interlocks.append(
                Interlock(
                    name: "bond", rule: Interlock.Rule.allCases.randomElement(using: &chance)!,
                    members: [.own, .other, .third].shuffled(using: &chance), settleSeconds: 3))
        }
        if one(in: 3, &chance) {
            asked.neighbourhood.budgets.append(
                Budget(name: "main", members: [.own, .other, .third], atOnce: 2, watts: 120))
        }
    }
}
