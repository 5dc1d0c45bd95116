/// How far a value can be trusted.
public enum Quality: String, Sendable, Codable, CaseIterable {
    case excellent, good, fair, poor
    /// Nothing is known about the value's worth.
    case unknown
    /// The value is at a rail of its converter or otherwise doubtful.
    case suspect
    /// The value is too old to describe the present.
    case stale
    case bad
    /// The value lies outside the physical range of its kind.
    case critical
    /// The sensor reports a fault; the value means nothing.
    case error

    /// Whether a device may use this word; the others are judgements of the runtime.
    public var isWireWord: Bool {
        switch self {
        case .good, .fair, .poor, .suspect, .error, .unknown: true
        case .excellent, .stale, .bad, .critical: false
        }
    }

    /// Whether a value of this quality may stand as a sensor's latest value.
    public var isPlausible: Bool {
        switch self {
        case .excellent, .good, .fair, .poor, .unknown, .suspect, .stale, .bad: true
        case .critical, .error: false
        }
    }

    /// The less trustworthy of two judgements, in the order of the cases.
    public static func worse(_ left: Self, _ right: Self) -> Self {
        left.rank >= right.rank ? left : right
    }

    private var rank: Int {
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
}
