/// Which of an output's limits its device keeps as well, also when it is alone; see decision 0045.
///
/// A device keeps what it is configured with: how long an output may run without a break, and that it is off when nobody
/// has a say. It keeps a lease where it counts the duration of a command. All else is judged by the gate alone.
public struct DeviceEnforcement: Sendable, Equatable {
    /// Who keeps a limit.
    public enum Place: String, Sendable, CaseIterable {
        /// This server.
        case here
        /// The device.
        case there
        /// Either, without the other.
        case both
    }

    /// One limit.
    public struct Line: Sendable, Equatable {
        /// Its name: the gate's word, where the gate judges it.
        public let limit: String
        /// Who keeps it.
        public let place: Place
        /// Why, in one sentence.
        public let why: String
    }

    /// The limits that there are, in the order in which the gate judges them.
    public let lines: [Line]

    /// Judges who keeps the limits of an output.
    ///
    /// - Parameters:
    ///   - kind: The output's kind with its limits, as the site narrows them.
    ///   - held: How the device is configured, as its answers prove; `nil` while they do not.
    ///   - drive: How the output is driven or was last; `nil` where nobody knows.
    public init(of kind: ActuatorKind, held: ActuatorWish?, drive: Drive? = nil) {
        lines =
            [Self.lease(kind, drive), Self.onTime(kind.limits, held), Self.defaultState(held)]
            + Self.gateLimits(kind.limits).map { limit in
                Line(limit: limit, place: .here, why: "The firmware has no setting for it.")
            }
    }

    private static func lease(_ kind: ActuatorKind, _ drive: Drive?) -> Line {
        let isCounted =
            drive.flatMap { $0.energises ? $0.isCountedByDevice : nil } ?? (kind.semantics == .digital)
        return Line(
            limit: "lease", place: isCounted ? .both : .here,
            why: isCounted
                ? "The device counts the duration of an ON, and so does the twin."
                : "A device counts the duration of an ON alone, not of a dimmed or positioned output.")
    }

    private static func onTime(_ limits: ActuatorLimits, _ held: ActuatorWish?) -> Line {
        let name = Gate.Limit.maxOnTime.rawValue
        guard let held else {
            return Line(limit: name, place: .here, why: "The device has not confirmed how long it lets it run.")
        }
        let seconds = Double(held.maximumRuntimeMilliseconds) / 1000
        guard held.maximumRuntimeMilliseconds <= limits.longestRunMilliseconds else {
            return Line(
                limit: name, place: .here,
                why: "The device would stop it after \(seconds) s, later than the limit of \(limits.maxOnSeconds) s.")
        }
        return Line(limit: name, place: .both, why: "The device stops it after \(seconds) s by itself.")
    }

    private static func defaultState(_ held: ActuatorWish?) -> Line {
        let isOff = held.map { !$0.isOnByDefault && $0.defaultLevel == 0 } ?? false
        return Line(
            limit: "default_state", place: isOff ? .there : .here,
            why: isOff
                ? "Without a server the device switches it off."
                : "The device has not confirmed that it is off by default; it is driven off when it returns.")
    }

    /// The other limits that the output has, in the gate's order.
    private static func gateLimits(_ limits: ActuatorLimits) -> [String] {
        let declared: [(name: String, isThere: Bool)] = [
            (Gate.Limit.confirmation.rawValue, limits.hazard == .confirm),
            (Gate.Limit.secondPerson.rawValue, limits.hazard == .secondPerson),
            (Gate.Limit.range.rawValue, limits.levels != 0...1),
            (Gate.Limit.resolution.rawValue, limits.resolution != nil),
            (Gate.Limit.slew.rawValue, limits.slewPerSecond != nil),
            (Gate.Limit.minOnTime.rawValue, limits.minOnSeconds > 0),
            (Gate.Limit.minOffTime.rawValue, limits.minOffSeconds > 0),
            (Gate.Limit.startsPerHour.rawValue, limits.startsPerHour != nil),
            (Gate.Limit.coolDown.rawValue, limits.coolDown != nil),
            (Gate.Limit.sensorGuard.rawValue, !limits.guards.isEmpty),
            ("effect", limits.effect != nil),
        ]
        return declared.filter(\.isThere).map(\.name)
    }
}

extension ActuatorLimits {
    /// The longest run without a break, in milliseconds, as devices count it.
    fileprivate var longestRunMilliseconds: Int { maxOnSeconds * 1000 }
}

extension ActuatorWish {
    /// The settings that carry the wish out on a device, and hold there what the firmware can hold of the limits.
    ///
    /// Never a longer run than the wish's. Off by default whatever the wish says: a device would switch it on by itself.
    var onDevice: Self {
        var settings = self
        settings.maximumRuntimeMilliseconds = min(maximumRuntimeMilliseconds, boundedRuntimeMilliseconds ?? .max)
        settings.boundedRuntimeMilliseconds = nil
        settings.isOnByDefault = false
        settings.defaultLevel = 0
        return settings
    }

    /// The same wish with the bound that limits set.
    public func bounded(by limits: ActuatorLimits) -> Self {
        var wish = self
        let longest = limits.longestRunMilliseconds
        wish.boundedRuntimeMilliseconds = longest < maximumRuntimeMilliseconds ? longest : nil
        return wish
    }
}

extension Desired {
    /// The same as the operator wrote it.
    public var unbounded: Self {
        var wish = self
        for gpio in actuators.keys { wish.actuators[gpio]?.boundedRuntimeMilliseconds = nil }
        return wish
    }
}

extension Catalogue {
    /// A device's wish with the bounds that the kinds set, as its site narrows them.
    ///
    /// - Parameter isExempt: Which outputs keep the bound they have.
    public func bounding(_ desired: Desired, of device: DeviceID, except isExempt: (GPIO) -> Bool = { _ in false })
        -> Desired
    {
        var bounded = desired
        for (gpio, wish) in desired.actuators where !isExempt(gpio) {
            bounded.actuators[gpio] = wish.bounded(by: actuatorKind(wish.type, for: gpio, of: device).limits)
        }
        return bounded
    }
}

extension ConfigurationState {
    /// How the device is configured to drive an output, as its answers prove beyond doubt; `nil` while they do not.
    public func provenSettings(of gpio: GPIO) -> ActuatorWish? {
        unconfirmed.actuators[gpio] == nil ? reported.actuators[gpio] : nil
    }
}
