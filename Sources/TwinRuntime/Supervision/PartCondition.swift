/// Whether a part that runs does what it is for.
public enum PartCondition: Sendable, Equatable {
    /// It does.
    case ok
    /// It does in part; why, for an operator.
    case degraded(String)
    /// It does not, although it runs; why, for an operator.
    case failing(String)

    /// The condition in one word.
    public var word: String {
        switch self {
        case .ok: "ok"
        case .degraded: "degraded"
        case .failing: "failing"
        }
    }

    /// Why it is not ok; `nil` when it is.
    public var reason: String? {
        switch self {
        case .ok: nil
        case .degraded(let reason), .failing(let reason): reason
        }
    }

    /// The condition of a node: as bad as its worst part, whose name stands before the reason.
    ///
    /// Of equally bad parts the first one counts: what fails later is often a consequence of it.
    static func worst(of parts: [(name: String, condition: PartCondition)]) -> PartCondition {
        let worst = parts.map(\.condition.severity).max() ?? 0
        guard let part = parts.first(where: { $0.condition.severity == worst }) else { return .ok }
        return switch part.condition {
        case .ok: .ok
        case .degraded(let reason): .degraded("\(part.name): \(reason)")
        case .failing(let reason): .failing("\(part.name): \(reason)")
        }
    }

    private var severity: Int {
        switch self {
        case .ok: 0
        case .degraded: 1
        case .failing: 2
        }
    }
}
