import TwinCore

extension Quality {
    /// How the quality is stored.
    ///
    /// A number that was used once never stands for another word.
    var column: Int64 {
        switch self {
        case .excellent: 0
        case .good: 1
        case .fair: 2
        case .poor: 3
        case .unknown: 4
        case .suspect: 5
        case .stale: 6
        case .bad: 7
        case .critical: 8
        case .error: 9
        }
    }

    /// Reads a stored quality; `nil` for a number that was never used.
    init?(column: Int64) {
        guard let quality = Self.allCases.first(where: { $0.column == column }) else { return nil }
        self = quality
    }
}
