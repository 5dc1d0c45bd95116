import Testing
import World

@Suite struct WorldTests {
    /// Short, so that many worlds fit into a test run; the program runs thousands of long ones.
    private static let brief = WorldOptions(troubledSeconds: 90, quietSeconds: 45)

    @Test(arguments: Array(1...30) as [UInt64])
    func `every promise is kept in a hostile world`(seed: UInt64) {
        let outcome = World.run(seed: seed, options: Self.brief)
        #expect(outcome.violations == [], "seed \(seed)")
        #expect(outcome.isPassed)
        #expect(outcome.samples > 0)
        #expect(outcome.faults > 0)
    }

    @Test func `the worlds taken together have everything in them that can go wrong`() {
        let outcomes = (101...112).map { World.run(seed: $0, options: Self.brief) }
        #expect(outcomes.allSatisfy { $0.isPassed })
        #expect(outcomes.reduce(0) { $0 + $1.energisings } > 100)
        #expect(outcomes.reduce(0) { $0 + $1.stops } > 3)
        #expect(outcomes.reduce(0) { $0 + $1.crashes } > 10)
        #expect(outcomes.reduce(0) { $0 + $1.replays } >= outcomes.count)
    }

    @Test(arguments: [3, 1_000_003] as [UInt64])
    func `the same seed gives the same world bit for bit`(seed: UInt64) {
        let first = World.run(seed: seed, options: Self.brief)
        #expect(World.run(seed: seed, options: Self.brief) == first)
        #expect(World.run(seed: seed + 1, options: Self.brief).trace != first.trace)
    }

    @Test(arguments: WorldOptions.Sabotage.allCases.filter { $0 != .none })
    func `what is broken on purpose is found`(sabotage: WorldOptions.Sabotage) throws {
        let options = WorldOptions(
            troubledSeconds: Self.brief.troubledSeconds, quietSeconds: Self.brief.quietSeconds, sabotage: sabotage)
        let found = try #require(
            (1...36).lazy.map { World.run(seed: $0, options: options) }.first { !$0.isPassed },
            "nobody noticed \(sabotage.rawValue)")
        #expect(World.run(seed: found.seed, options: options) == found)
        #expect(World.run(seed: found.seed, options: Self.brief).isPassed)
    }

    @Test func `somebody may be told what happens, and nothing else happens for it`() {
        let lines = Lines()
        var options = Self.brief
        options.tell = { lines.add($0) }
        let told = World.run(seed: 5, options: options)
        #expect(told == World.run(seed: 5, options: Self.brief))
        #expect(lines.count > 100)
    }
}

/// Counts lines.
private final class Lines: @unchecked Sendable {
    private(set) var count = 0
    func add(_ line: String) { count += line.isEmpty ? 0 : 1 }
}
