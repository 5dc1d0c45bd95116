import Testing
import World

/// Each fault strikes, and what it does can be seen.
@Suite struct FaultTests {
    /// Chance elsewhere does not depend on the faults planned: whatever is different without one is its effect.
    @Test(arguments: Fault.allCases)
    func `a fault strikes and changes what leaves the runtime`(fault: Fault) throws {
        let options = WorldOptions(profile: .safety, faults: [fault])
        let struck = (1...12 as ClosedRange<UInt64>).lazy.filter { seed in
            let schedule = Schedule(seed: seed, options: options)
            var calm = schedule
            calm.faults = []
            let outcome = World.run(schedule, options: options)
            return outcome.faults > 0 && outcome.coverage.met(of: [fault]) > 0
                && outcome.trace != World.run(calm, options: options).trace
        }
        _ = try #require(struck.first, "\(fault.rawValue) changes nothing")
    }

    @Test func `what is planned does not move the chance of anything else`() {
        let options = WorldOptions(profile: .safety, faults: [])
        let usual = Schedule(seed: 7, options: WorldOptions(profile: .safety))
        let calm = Schedule(seed: 7, options: options)
        #expect(usual.actions == calm.actions)
        #expect(calm.faults.isEmpty)
        #expect(!usual.faults.isEmpty)
    }

    @Test func `a fault that never strikes is counted nowhere`() {
        let outcome = World.run(seed: 3, options: WorldOptions(profile: .safety, faults: [.cut]))
        #expect(outcome.coverage.met(of: [.cut]) > 0)
        #expect(outcome.coverage.met(of: Fault.allCases.filter { $0 != .cut }) == 0)
        #expect(outcome.coverage.missing(of: [.reboot]).count == OutputCondition.allCases.count)
    }

    @Test func `readings that are held and let in at any moment are kept once, and stops and leases go on`() {
        let options = WorldOptions(
            profile: .safety, faults: [.telemetryHeld, .telemetryHeld, .crash, .loseIngest, .brokerRestart, .diskFull])
        for seed in 1...24 as ClosedRange<UInt64> {
            let outcome = World.run(seed: seed, options: options)
            #expect(outcome.violations == [], "seed \(seed)")
        }
    }

    @Test func `of two instances of one site only the newer one energises`() {
        let options = WorldOptions(profile: .safety, faults: [.overlap])
        for seed in 1...20 as ClosedRange<UInt64> {
            #expect(World.run(seed: seed, options: options).violations == [], "seed \(seed)")
        }
    }
}
