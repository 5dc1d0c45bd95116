/// What befalls a store, or what it depends on.
enum StoreFault: String, CaseIterable {
    case doppelKilled, brokerKilled
    case postgresKilled, postgresStoppedAtOnce, postgresPaused
    case dataDiskFull, doppelKilledOnFullDisk, dataDiskReadOnly, dataDiskSlow
    case postgresDiskFull, postgresDiskSlow
}

/// Which faults come, in an order that follows from a seed: all of them once, then any.
struct FaultPlan {
    private var random: SplitMix
    private var first: [StoreFault]
    /// How often each has come.
    private(set) var counts: [StoreFault: Int] = [:]

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        first = StoreFault.allCases.shuffled(using: &random)
    }

    /// Whether all have come once.
    var isFirstRoundOver: Bool { first.isEmpty }

    /// The next one.
    mutating func next() -> StoreFault {
        let fault = first.popLast() ?? StoreFault.allCases[Int.random(in: StoreFault.allCases.indices, using: &random)]
        counts[fault, default: 0] += 1
        return fault
    }

    /// How many faults there were, and of which kinds, to be read.
    var summary: String {
        let kinds = StoreFault.allCases.map { "\($0.rawValue) \(counts[$0] ?? 0)" }.joined(separator: ", ")
        return "\(counts.values.reduce(0, +)) faults (\(kinds))"
    }
}
