/// What the sensor that shows an output's effect has shown.
public struct EffectState: Sendable, Equatable, Codable {
    /// When the effect was last seen while the output was on; `nil` before that in this on-time.
    public private(set) var seenAt: Uptime?
    /// Whether an alarm was raised because the effect shows although the output is off.
    public internal(set) var isStrayKnown = false

    /// Makes a state that has seen nothing.
    public init() {}

    mutating func begin() {
        seenAt = nil
        isStrayKnown = false
    }

    mutating func see(at uptime: Uptime) { seenAt = uptime }

    mutating func beginRun() { seenAt = nil }
}
