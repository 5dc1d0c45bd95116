/// Something that an operator must see, because a limit was broken or could not be enforced.
public struct SafetyAlarm: Sendable, Equatable, Codable {
    /// The stable words.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// A limit that must hold all the time does not: the output is driven off.
        case limitBroken = "limit_broken"
        /// The device switched an output on by itself.
        case onByItself = "on_by_itself"
        /// An OFF was not shown within the time that the kind declares.
        case safeStateOverdue = "safe_state_overdue"
        /// The output is on and its effect does not show.
        case noEffect = "no_effect"
        /// The output is off and its effect shows all the same.
        case effectWithoutCommand = "effect_without_command"
        /// Somebody left a retained message on a topic that commands; it was erased.
        case retainedCommand = "retained_command"
        /// Somebody else commanded an output.
        case foreignCommand = "foreign_command"
        /// Somebody else claims to command the site.
        case siteClaimed = "site_claimed"
        /// An emergency stop is not confirmed within its time.
        case stopUnconfirmed = "stop_unconfirmed"
        /// The twin failed repeatedly and takes no part until it is reset.
        case quarantined
    }

    /// Which.
    public let kind: Kind
    /// What happened, what is safe, and what to do, for a person to read.
    public let detail: String

    /// Puts an alarm together.
    public init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}
