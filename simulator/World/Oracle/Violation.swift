/// What the runtime promises, as the oracle judges it.
public enum Promise: String, Sendable, Codable, CaseIterable {
    /// No output is on past its lease.
    case lease
    /// No output is on that nobody energised.
    case unasked
    /// Nothing is energised while it is stopped, and everything covered goes off.
    case stop
    /// What was cleared may be energised again.
    case cleared
    /// An operator's OFF leaves at once, in every state.
    case off
    /// A stop touches nothing outside its scope.
    case stopScope = "stop_scope"
    /// Nothing energises before its cause is durable.
    case durableFirst = "durable_first"
    /// Nothing energises after a later OFF has left.
    case laterOff = "later_off"
    /// Commands are never retained and always expire; what others retain is cleared.
    case commandHygiene = "command_hygiene"
    /// Only the newest instance of a site energises.
    case newestInstance = "newest_instance"
    /// The longest on-time, the shortest rest and the starts per hour.
    case limits
    /// Interlocks and budgets across devices.
    case interlock
    /// An output whose guard is out of range or silent goes off.
    case guardSensor = "guard_sensor"
    /// What is on, and was shown on, is not called off.
    case honesty
    /// No acknowledged sample is lost, none is kept twice.
    case samples
    /// A replay of the journal gives the live twins.
    case replay
    /// What was wished comes true.
    case wishes
    /// The runtime gets on.
    case progress
}

/// One broken promise.
public struct Violation: Sendable, Equatable, Codable, CustomStringConvertible {
    /// Which promise.
    public let promise: Promise
    /// When, in milliseconds of the world's time.
    public let atMilliseconds: Int64
    /// How.
    public let text: String

    /// When and how.
    public var description: String { "at \(atMilliseconds) ms: \(text)" }
}
