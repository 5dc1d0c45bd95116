import Testing
import World

@Suite struct WorldTests {
    /// Short, so that many worlds fit into a test run; the program runs very many long ones.
    private static let brief = WorldOptions(troubledSeconds: 90, quietSeconds: 45)

    @Test(arguments: Array(1...12) as [UInt64])
    func `every promise is kept in a world with everything`(seed: UInt64) {
        let outcome = World.run(seed: seed, options: Self.brief)
        #expect(outcome.violations == [], "seed \(seed)")
        #expect(outcome.samples > 0)
        #expect(outcome.faults > 0)
    }

    @Test(arguments: [3, 1_000_003] as [UInt64], WorldProfile.allCases)
    func `the same seed gives the same world bit for bit`(seed: UInt64, profile: WorldProfile) {
        let options = WorldOptions(profile: profile, troubledSeconds: 60, quietSeconds: 30)
        let first = World.run(seed: seed, options: options)
        #expect(World.run(seed: seed, options: options) == first)
        #expect(World.run(seed: seed + 1, options: options).trace != first.trace)
    }

    @Test(arguments: WorldOptions.Sabotage.allCases.filter { $0 != .none })
    func `what is broken on purpose is found`(sabotage: WorldOptions.Sabotage) throws {
        let options = WorldOptions(profile: .safety, sabotage: sabotage)
        let found = try #require(
            (1...36).lazy.map { World.run(seed: $0, options: options) }.first { !$0.isPassed },
            "nobody noticed \(sabotage.rawValue)")
        let promise = try #require(found.violations.first?.promise)
        #expect(Self.broken[sabotage]?.contains(promise) == true, "\(found.violations)")
        #expect(World.run(seed: found.seed, options: options) == found)
        #expect(World.run(seed: found.seed, options: WorldOptions(profile: .safety)).isPassed)
    }

    /// The promises that may be seen broken first.
    private static let broken: [WorldOptions.Sabotage: [Promise]] = [
        .journalLies: [.durableFirst, .samples], .acknowledgesEarly: [.samples], .diskForgets: [.replay, .samples],
        .swallowsOff: [.lease, .off], .widensStops: [.stopScope], .retainsCommands: [.commandHygiene],
        .hidesClaims: [.newestInstance],
    ]

    @Test func `somebody may be told what happens, and nothing else happens for it`() {
        let lines = Lines()
        var options = WorldOptions(profile: .safety)
        let silent = World.run(seed: 5, options: options)
        options.tell = { lines.add($0) }
        #expect(World.run(seed: 5, options: options) == silent)
        #expect(lines.count > 100)
    }
}

/// Counts lines.
private final class Lines: @unchecked Sendable {
    private(set) var count = 0
    func add(_ line: String) { count += line.isEmpty ? 0 : 1 }
}
