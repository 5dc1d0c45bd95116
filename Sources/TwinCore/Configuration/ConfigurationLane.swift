/// The kinds of steps, in the order in which they are tried; each has its own pauses.
public enum ConfigurationLane: String, Sendable, Codable, CaseIterable {
    case zone, push, subzones
}

/// How fast a device may be told one kind of step.
public struct ConfigurationPace: Sendable, Equatable, Codable {
    /// The first pause after a step that came to nothing, and the shortest span between two zones, in milliseconds.
    public static let firstPauseMilliseconds: Int64 = 60_000
    /// The longest pause, in milliseconds.
    public static let longestPauseMilliseconds: Int64 = 900_000

    /// How many steps came to nothing, one after the other.
    public internal(set) var failures = 0
    /// Before which uptime nothing is told; `nil` when there is no pause.
    public internal(set) var pausedUntil: Uptime?
    /// When the device was last told.
    var toldAt: Uptime?
    /// When the last step was over.
    var endedAt: Uptime?

    /// Makes a pace without pauses.
    init() {}

    /// The pause after so many failures: 60 s, doubled with each, at most 15 min.
    var pauseMilliseconds: Int64 {
        Self.doubled(Self.firstPauseMilliseconds, failures - 1, Self.longestPauseMilliseconds)
    }

    /// A span doubled so many times, within a bound.
    static func doubled(_ milliseconds: Int64, _ times: Int, _ longest: Int64) -> Int64 {
        // More than 16 times is beyond any bound that is in use.
        min(milliseconds << Int64(min(max(0, times), 16)), longest)
    }
}
