import Synchronization
import Testing
import World

/// Many worlds at once.
@Suite struct ProofTests {
    private static let jobs = 4

    private func totals(_ seeds: ClosedRange<UInt64>, _ options: WorldOptions, jobs: Int = jobs) async -> [WorldOutcome]
    {
        let outcomes = Mutex<[WorldOutcome]>([])
        await Proof.run(seeds, options: options, jobs: jobs) { outcome in
            outcomes.withLock { $0.append(outcome) }
            return true
        }
        return outcomes.withLock(\.self)
    }

    @Test func `a thousand short worlds keep every promise`() async {
        let clock = ContinuousClock()
        let begun = clock.now
        var totals = ProofTotals()
        for outcome in await self.totals(1...1_000, WorldOptions(profile: .safety)) {
            #expect(outcome.violations == [], "doppel simulate world --profile safety --seed \(outcome.seed)")
            totals.add(outcome)
        }
        #expect(totals.seeds == 1_000)
        #expect(totals.energisings > 3_000)
        #expect(totals.crashes > 1_000)
        #expect(totals.replays > 1_000)
        #expect(totals.coverage.met(of: Fault.usual) > 180)
        print(
            "1,000 safety seeds: \(clock.now - begun), coverage \(totals.coverage.met(of: Fault.usual)) of",
            "\(Coverage.total(of: Fault.usual)) pairs, \(totals.decisions) decisions")
    }

    @Test func `outcomes come in the order of the seeds and do not depend on the jobs`() async {
        let options = WorldOptions(profile: .safety, troubledSeconds: 20, quietSeconds: 10)
        let alone = await totals(11...40, options, jobs: 1)
        #expect(alone.map(\.seed) == Array(11...40))
        #expect(await totals(11...40, options, jobs: 4) == alone)
    }

    @Test func `it ends when it is told that it is enough`() async {
        let told = Mutex<[UInt64]>([])
        let options = WorldOptions(profile: .safety, troubledSeconds: 5, quietSeconds: 1)
        await Proof.run(1...UInt64.max, options: options, jobs: 3) { outcome in
            told.withLock {
                $0.append(outcome.seed)
                return $0.count < 7
            }
        }
        #expect(told.withLock(\.self) == Array(1...7))
    }
}
