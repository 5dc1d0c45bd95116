/// One fault of a world, planned before it begins.
public struct PlannedFault: Sendable, Equatable, Codable {
    /// When, in milliseconds of the world's time.
    public var atMilliseconds: Int64
    /// What.
    public var fault: Fault
    /// Which device, counted from 0.
    public var device: Int
    /// Which output of it.
    public var gpio: Int
    /// How long it lasts, in milliseconds.
    public var spanMilliseconds: Int64
    /// Which occurrence a crash waits for, or how far a clock jumps, in milliseconds.
    public var number: Int64

    /// Plans a fault.
    public init(
        atMilliseconds: Int64, fault: Fault, device: Int = 0, gpio: Int = 26, spanMilliseconds: Int64 = 0,
        number: Int64 = 1
    ) {
        self.atMilliseconds = atMilliseconds
        self.fault = fault
        self.device = device
        self.gpio = gpio
        self.spanMilliseconds = spanMilliseconds
        self.number = number
    }
}

/// One thing an operator does, planned before the world begins.
public struct PlannedAction: Sendable, Equatable, Codable {
    /// What an operator does.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case on, off, pwm, toggle, stopAll = "stop_all", stopDevice = "stop_device", clear, safeMode = "safe_mode"
        case exclude, wish
        case stopZone = "stop_zone", stopSubzone = "stop_subzone", stopActuator = "stop_actuator"
        case stopKind = "stop_kind", stopKaiser = "stop_kaiser", drill, clearOne = "clear_one"
        case tag, untag, renew
        /// No act of an operator: the live twins are compared with a replay of the journal.
        case compare
    }

    /// When, in milliseconds of the world's time.
    public var atMilliseconds: Int64
    /// What.
    public var action: Kind
    /// Which device, counted from 0.
    public var device: Int
    /// Which output of it.
    public var gpio: Int
    /// The duration of a command, in seconds; `nil` for the default.
    public var seconds: Int?
    /// What a wish is made from.
    public var wishSeed: UInt64?

    /// Plans an action.
    public init(
        atMilliseconds: Int64, action: Kind, device: Int = 0, gpio: Int = 26, seconds: Int? = nil,
        wishSeed: UInt64? = nil
    ) {
        self.atMilliseconds = atMilliseconds
        self.action = action
        self.device = device
        self.gpio = gpio
        self.seconds = seconds
        self.wishSeed = wishSeed
    }
}

/// What happens in a world, and when: a list with entries left out is a schedule too.
public struct Schedule: Sendable, Equatable, Codable {
    /// Decides everything else: devices, delays, losses.
    public var seed: UInt64
    /// How large the world is.
    public var profile: WorldProfile
    /// How long faults happen, in seconds of virtual time.
    public var troubledSeconds: Int64
    /// How long everything is in order afterwards, in seconds of virtual time.
    public var quietSeconds: Int64
    /// What goes wrong, by time.
    public var faults: [PlannedFault]
    /// What the operator does, by time.
    public var actions: [PlannedAction]
}

extension Schedule: CustomStringConvertible {
    /// The schedule as a list for a person, one line an entry.
    public var description: String {
        let lines =
            faults.map { ($0.atMilliseconds, "\($0)") } + actions.map { ($0.atMilliseconds, "\($0)") }
        let head =
            "seed \(seed), \(profile.rawValue): \(faults.count) faults and \(actions.count) actions in \(troubledSeconds) s, then \(quietSeconds) s of quiet"
        return ([head] + lines.sorted { $0.0 < $1.0 }.map { "  \($0.1)" }).joined(separator: "\n")
    }
}

extension PlannedFault: CustomStringConvertible {
    /// When, what and whom.
    public var description: String {
        let whom =
            switch fault.target {
            case .device: " of device \(device)"
            case .output: " of device \(device) gpio \(gpio)"
            case .everything: ""
            }
        let span = spanMilliseconds > 0 ? " for \(spanMilliseconds) ms" : ""
        return
            "\(atMilliseconds) ms: fault \(fault.rawValue)\(whom)\(span)\(number > 1 || number < 0 ? ", \(number)" : "")"
    }
}

extension PlannedAction: CustomStringConvertible {
    /// When, what and whom.
    public var description: String {
        let whom =
            switch action {
            case .on, .off, .pwm, .toggle, .renew, .tag, .untag, .stopActuator: " device \(device) gpio \(gpio)"
            case .stopDevice, .stopZone, .drill, .safeMode, .exclude, .wish: " device \(device)"
            case .stopAll, .stopSubzone, .stopKind, .stopKaiser, .clear, .clearOne, .compare: ""
            }
        return "\(atMilliseconds) ms: \(action.rawValue)\(whom)\(seconds.map { " for \($0) s" } ?? "")"
    }
}
