import Testing

@testable import TwinCore

/// What the gate makes of sensors and of other outputs.
@Suite struct NeighbourhoodLimitTests {
    private static func guarded(
        _ readings: [SensorReading]?, direction: SensorGuard.Direction? = nil, qualities: [Quality]? = nil
    ) -> Asked {
        Asked().with {
            var rule = SensorGuard(sensor: .level, range: 10...20, maxAgeSeconds: 30, direction: direction)
            if let qualities { rule.qualities = qualities }
            $0.limits.guards = [rule]
            if let readings { $0.neighbourhood.readings[.level] = readings }
        }
    }

    @Test(
        arguments: [
            ([.level(10)], nil), ([.level(20)], nil),
            ([.level(10.0.nextDown)], "level: 9.999999999999998"), ([.level(20.0.nextUp)], "level: 20.000000000000004"),
            ([.level(.nan)], "level: nan"), ([.level(nil)], "level: no value"),
            ([.level(15, ageMilliseconds: 30_000)], nil), ([.level(15, ageMilliseconds: 30_001)], "level: 30 s old"),
            ([.level(15, .fair)], nil), ([.level(15, .poor)], "level: quality poor"),
            ([.level(15, .error)], "level: quality error"), ([.level(15, .unknown)], "level: quality unknown"),
            ([.level(15), .level(16)], nil), ([.level(15), .level(21)], "level: 21.0"),
            ([], "no such sensor has spoken"),
        ] as [([SensorReading], String?)])
    func `a guard asks every sensor that is meant, and one at least`(_ readings: [SensorReading], _ fault: String?) {
        let asked = Self.guarded(readings)
        #expect(asked.isCleared == (fault == nil))
        guard let fault else { return }
        #expect(asked.broken?.limit == .sensorGuard)
        #expect(asked.broken?.actual == fault)
        #expect(asked.broken?.bound == "level 10.0 ... 20.0, at most 30 s old")
    }

    @Test func `a guard that nobody looked up is not kept`() {
        #expect(Self.guarded(nil).broken?.limit == .sensorGuard)
    }

    @Test func `the qualities that count are the rule's`() {
        #expect(Self.guarded([.level(15, .poor)], qualities: [.poor]).isCleared)
        #expect(Self.guarded([.level(15, .good)], qualities: [.poor]).broken?.limit == .sensorGuard)
    }

    @Test(
        arguments: [
            (.rising, 0.1, true), (.rising, 0, false), (.rising, -0.1, false), (.rising, nil, false),
            (.rising, .nan, false), (.falling, -0.1, true), (.falling, 0, false), (.falling, 0.1, false),
            (.falling, nil, false), (.notRising, 0, true), (.notRising, -1, true), (.notRising, 0.1, false),
            (.notRising, nil, false), (.notRising, .nan, false), (.notFalling, 0, true), (.notFalling, 1, true),
            (.notFalling, -0.1, false), (.notFalling, nil, false),
        ] as [(SensorGuard.Direction, Double?, Bool)])
    func `a value has to go where the rule says, and be known to`(
        _ direction: SensorGuard.Direction, _ slope: Double?, _ isKept: Bool
    ) {
        let asked = Self.guarded([.level(15, slope: slope)], direction: direction)
        #expect(asked.isCleared == isKept)
        if !isKept { #expect(asked.broken?.limit == .sensorGuard) }
    }

    private static func bound(
        _ rule: Interlock.Rule, place: Int, settle: Int = 0, _ standings: [OutputAddress: OutputStanding]
    ) -> Asked {
        Asked().with {
            var members: [OutputAddress] = [.other, .third]
            members.insert(.own, at: place)
            $0.neighbourhood.interlocks = [
                Interlock(name: "mixing", rule: rule, members: members, settleSeconds: settle)
            ]
            $0.neighbourhood.outputs = standings
        }
    }

    private static let off = OutputStanding(isOn: false, mayBeOn: false)
    private static func on(for milliseconds: Int64?) -> OutputStanding {
        OutputStanding(shownOnMilliseconds: milliseconds, isOn: true, mayBeOn: true)
    }

    @Test func `of exclusive outputs one may be on`() {
        #expect(Self.bound(.exclusive, place: 0, [.other: Self.off, .third: Self.off]).isCleared)
        // Not shown, and not known to be off.
        let asked = Self.bound(.exclusive, place: 1, [.other: Self.off, .third: Self.on(for: nil)])
        #expect(asked.broken?.limit == .interlock)
        #expect(asked.broken?.bound == "mixing: ESP_0D44A19C/5 is off")
        #expect(asked.broken?.actual == "it is on, or nobody knows")
    }

    @Test func `an output that requires others needs all of them, shown`() {
        let both: [OutputAddress: OutputStanding] = [.other: Self.on(for: 0), .third: Self.on(for: 0)]
        #expect(Self.bound(.requires, place: 0, both).isCleared)
        for missing in [OutputAddress.other, .third] {
            var standings = both
            standings[missing] = Self.on(for: nil)
            #expect(Self.bound(.requires, place: 0, standings).broken?.limit == .interlock)
            standings[missing] = nil
            #expect(Self.bound(.requires, place: 0, standings).broken?.limit == .interlock)
        }
        #expect(Self.bound(.requires, place: 1, [:]).isCleared, "the others need nothing")
    }

    @Test func `an ordered output needs those before it`() {
        #expect(Self.bound(.ordered, place: 0, [:]).isCleared)
        #expect(Self.bound(.ordered, place: 1, [.other: Self.on(for: 0)]).isCleared)
        #expect(Self.bound(.ordered, place: 2, [.other: Self.on(for: 0)]).broken?.limit == .interlock)
    }

    @Test func `what is needed has to have settled`() {
        let settled: [OutputAddress: OutputStanding] = [.other: Self.on(for: 5_000)]
        #expect(Self.bound(.ordered, place: 1, settle: 5, settled).isCleared)
        let early = Self.bound(.ordered, place: 1, settle: 5, [.other: Self.on(for: 4_999)])
        #expect(early.broken?.limit == .interlock)
        #expect(early.broken?.retryAfterMilliseconds == 1)
    }

    private static func shared(_ budget: Budget, own: Draw, _ others: [OutputStanding]) -> Asked {
        Asked().with {
            $0.limits.draw = own
            $0.neighbourhood.budgets = [budget]
            for (address, standing) in zip([OutputAddress.other, .third], others) {
                $0.neighbourhood.outputs[address] = standing
            }
        }
    }

    private static func drawing(_ watts: Double, _ litres: Double, mayBeOn: Bool = true) -> OutputStanding {
        OutputStanding(isOn: mayBeOn, mayBeOn: mayBeOn, draw: Draw(watts: watts, litresPerMinute: litres))
    }

    private static let members: [OutputAddress] = [.own, .other, .third]

    @Test func `a budget counts how many are on`() {
        let budget = Budget(name: "main", members: Self.members, atOnce: 2)
        let draw = Draw(watts: 1)
        let off = Self.drawing(1, 1, mayBeOn: false)
        #expect(Self.shared(budget, own: draw, [Self.drawing(1, 1), off]).isCleared)
        let full = Self.shared(budget, own: draw, [Self.drawing(1, 1), Self.drawing(1, 1)])
        #expect(full.broken?.limit == .budget)
        #expect(full.broken?.bound == "main: at most 2 on")
        #expect(full.broken?.actual == "with this one 3 on, 3.0 W, 2.0 l/min")
    }

    @Test func `a budget sums watts, and litres`() {
        let watts = Budget(name: "main", members: Self.members, watts: 100)
        #expect(Self.shared(watts, own: Draw(watts: 40), [Self.drawing(60, 9)]).isCleared)
        #expect(Self.shared(watts, own: Draw(watts: 40.5), [Self.drawing(60, 9)]).broken?.limit == .budget)
        let litres = Budget(name: "well", members: Self.members, litresPerMinute: 10)
        #expect(Self.shared(litres, own: Draw(litresPerMinute: 4), [Self.drawing(900, 6)]).isCleared)
        #expect(Self.shared(litres, own: Draw(litresPerMinute: 4.5), [Self.drawing(1, 6)]).broken?.limit == .budget)
    }

    @Test func `an output counts once in its own budget, also when it is on already`() {
        let budget = Budget(name: "main", members: Self.members, atOnce: 1)
        let asked = Self.shared(budget, own: Draw(watts: 5), []).with {
            $0.neighbourhood.outputs[.own] = Self.drawing(5, 0)
        }
        #expect(asked.isCleared)
    }
}
