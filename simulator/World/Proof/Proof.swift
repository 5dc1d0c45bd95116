import Synchronization

/// Many worlds, run on several threads and told in the order of their seeds.
public enum Proof {
    /// Runs one world for each seed.
    ///
    /// A world is confined to the thread that made it; worlds share nothing.
    ///
    /// - Parameters:
    ///   - seeds: Which worlds.
    ///   - jobs: How many run at once at most.
    ///   - each: Is told each outcome in the order of the seeds, one at a time, and says whether to go on.
    public static func run(
        _ seeds: ClosedRange<UInt64>, options: WorldOptions = WorldOptions(), jobs: Int,
        each: @escaping @Sendable (WorldOutcome) -> Bool
    ) async {
        let dealer = Dealer(seeds, each)
        await withTaskGroup { group in
            for _ in 0..<max(1, jobs) {
                group.addTask {
                    while let seed = dealer.next() { dealer.take(World.run(seed: seed, options: options)) }
                }
            }
        }
    }
}

/// Deals seeds out and puts outcomes back into their order.
private final class Dealer: Sendable {
    private struct State {
        var next: UInt64?
        var awaited: UInt64
        var early: [UInt64: WorldOutcome] = [:]
        var isOver = false
    }

    private let last: UInt64
    private let state: Mutex<State>
    private let each: @Sendable (WorldOutcome) -> Bool

    init(_ seeds: ClosedRange<UInt64>, _ each: @escaping @Sendable (WorldOutcome) -> Bool) {
        last = seeds.upperBound
        state = Mutex(State(next: seeds.lowerBound, awaited: seeds.lowerBound))
        self.each = each
    }

    func next() -> UInt64? {
        state.withLock { state in
            guard let seed = state.next else { return nil }
            state.next = seed < last ? seed + 1 : nil
            return seed
        }
    }

    func take(_ outcome: WorldOutcome) {
        state.withLock { state in
            guard !state.isOver else { return }
            state.early[outcome.seed] = outcome
            while let due = state.early.removeValue(forKey: state.awaited) {
                state.awaited &+= 1
                guard !each(due) else { continue }
                // Enough: what runs ahead is not told any more.
                state.next = nil
                state.isOver = true
                state.early = [:]
                return
            }
        }
    }
}
