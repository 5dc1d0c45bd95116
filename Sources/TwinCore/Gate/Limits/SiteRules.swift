/// A rule about outputs of one or several devices that bind each other.
public struct Interlock: Sendable, Equatable, Codable {
    /// How they do.
    public enum Rule: String, Sendable, Codable, CaseIterable {
        /// At most one of them is on.
        case exclusive
        /// The first needs all the others on.
        case requires
        /// Each needs all those before it on.
        case ordered
    }

    /// The rule's name, unique within its site.
    public var name: String
    /// How the outputs bind each other.
    public var rule: Rule
    /// The outputs, at least two, in the order that the rule asks for.
    public var members: [OutputAddress]
    /// For how long those that are needed must have been on, in seconds.
    public var settleSeconds: Int

    /// Puts a rule together.
    public init(name: String, rule: Rule, members: [OutputAddress], settleSeconds: Int = 0) {
        self.name = name
        self.rule = rule
        self.members = members
        self.settleSeconds = settleSeconds
    }

    /// The most outputs in one rule.
    public static let maximumMembers = 64

    /// The outputs that must be on while one of the members is.
    public func needs(of output: OutputAddress) -> [OutputAddress] {
        guard let place = members.firstIndex(of: output) else { return [] }
        return switch rule {
        case .exclusive: []
        case .requires: place == 0 ? Array(members.dropFirst()) : []
        case .ordered: Array(members.prefix(place))
        }
    }

    /// The outputs that must be off while one of the members is on.
    public func excludes(with output: OutputAddress) -> [OutputAddress] {
        rule == .exclusive && members.contains(output) ? members.filter { $0 != output } : []
    }
}

/// What several outputs may draw together.
public struct Budget: Sendable, Equatable, Codable {
    /// The budget's name, unique within its site.
    public var name: String
    /// The outputs that share it.
    public var members: [OutputAddress]
    /// How many may be on at once; `nil` for any number.
    public var atOnce: Int?
    /// What they may draw together, in watts; `nil` for anything.
    public var watts: Double?
    /// What they may draw together, in litres per minute; `nil` for anything.
    public var litresPerMinute: Double?

    /// Puts a budget together.
    public init(
        name: String, members: [OutputAddress], atOnce: Int? = nil, watts: Double? = nil,
        litresPerMinute: Double? = nil
    ) {
        self.name = name
        self.members = members
        self.atOnce = atOnce
        self.watts = watts
        self.litresPerMinute = litresPerMinute
    }

    /// The most outputs that share one budget.
    public static let maximumMembers = 256
}

/// In which order outputs may be used again after an emergency stop, and how many at once.
public struct ResetPlan: Sendable, Equatable, Codable {
    /// What the outputs of one stage may draw together when they start, in watts; `nil` for anything.
    public var inrushWatts: Double?
    /// How long a stage waits for the one before it to settle, in seconds.
    public var settleSeconds: Int
    /// The devices that come first, in order; the others follow by name.
    public var order: [DeviceID]

    /// Puts a plan together.
    public init(inrushWatts: Double? = nil, settleSeconds: Int = 2, order: [DeviceID] = []) {
        self.inrushWatts = inrushWatts
        self.settleSeconds = settleSeconds
        self.order = order
    }
}
