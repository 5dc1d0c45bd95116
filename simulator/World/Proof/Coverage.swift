/// What an output was doing when a fault struck, as it looked from outside.
public enum OutputCondition: String, Sendable, Hashable, Codable, CaseIterable {
    /// Off, and nothing under way.
    case off
    /// An energising command has left and shows no effect yet.
    case pending
    /// On, with a lease.
    case on
    /// On, and an OFF has left.
    case drivenOff = "driven_off"
    /// Its device is stopped.
    case stopped
    /// Its device's stop was cleared a moment ago.
    case clearing
    /// Its device takes no commands.
    case offline
}

/// Which faults struck outputs in which condition, and how often.
public struct Coverage: Sendable, Equatable, Codable {
    private var counts: [String: Int] = [:]

    /// Counts nothing yet.
    public init() {}

    /// How many pairs were met of those that these faults could meet.
    public func met(of faults: [Fault]) -> Int {
        Self.pairs(of: faults).count { counts[$0] != nil }
    }

    /// The pairs that were never met, by fault.
    public func missing(of faults: [Fault]) -> [String] { Self.pairs(of: faults).filter { counts[$0] == nil } }

    /// How many pairs there are.
    public static func total(of faults: [Fault]) -> Int { faults.count * OutputCondition.allCases.count }

    /// How often a fault struck an output in a condition.
    public func count(_ fault: Fault, _ condition: OutputCondition) -> Int { counts[Self.name(fault, condition)] ?? 0 }

    /// Counts one strike.
    mutating func strike(_ fault: Fault, _ condition: OutputCondition) {
        counts[Self.name(fault, condition), default: 0] += 1
    }

    /// Counts those of another world too.
    public mutating func add(_ other: Self) { counts.merge(other.counts, uniquingKeysWith: +) }

    private static func name(_ fault: Fault, _ condition: OutputCondition) -> String {
        "\(fault.rawValue) x \(condition.rawValue)"
    }

    private static func pairs(of faults: [Fault]) -> [String] {
        faults.flatMap { fault in OutputCondition.allCases.map { name(fault, $0) } }
    }
}
