/// What one site knows better than the kinds do: limits of its own for some of its sensors and actuators.
///
/// An override only ever narrows what the kind allows; the loader refuses any other, and applying one bounds it again.
public struct Site: Sendable, Equatable {
    /// The site's name.
    public let name: String
    /// Its devices that have overrides.
    public let devices: [DeviceID: DeviceOverride]
    /// The rules that bind its outputs to each other.
    public let interlocks: [Interlock]
    /// What its outputs may draw together.
    public let budgets: [Budget]
    /// How its outputs may be used again after an emergency stop.
    public let reset: ResetPlan?

    /// Puts a site together.
    public init(
        name: String, devices: [DeviceID: DeviceOverride], interlocks: [Interlock] = [], budgets: [Budget] = [],
        reset: ResetPlan? = nil
    ) {
        self.interlocks = interlocks
        self.budgets = budgets
        self.reset = reset
        self.name = name
        self.devices = devices
    }
}

/// What a site says about one device.
public struct DeviceOverride: Sendable, Equatable {
    /// The canonical name of its board; `nil` where the device's own word counts.
    public let board: String?
    /// Its sensors, by key.
    public let sensors: [SensorKey: SensorOverride]
    /// Its actuators, by pin.
    public let actuators: [GPIO: ActuatorOverride]

    /// Puts an override together.
    public init(
        board: String? = nil, sensors: [SensorKey: SensorOverride] = [:], actuators: [GPIO: ActuatorOverride] = [:]
    ) {
        self.board = board
        self.sensors = sensors
        self.actuators = actuators
    }
}

/// What a site says about one sensor; `nil` where the kind's word counts.
public struct SensorOverride: Sendable, Equatable {
    /// The range of plausible values, within the kind's.
    public let range: ClosedRange<Double>?
    /// After how long without a sample the value counts as stale, in seconds.
    public let staleAfterSeconds: Int?
    /// How often it is to measure, in seconds.
    public let intervalSeconds: Int?

    /// Puts an override together.
    public init(range: ClosedRange<Double>? = nil, staleAfterSeconds: Int? = nil, intervalSeconds: Int? = nil) {
        self.range = range
        self.staleAfterSeconds = staleAfterSeconds
        self.intervalSeconds = intervalSeconds
    }
}

/// What a site says about one actuator; `nil` where the kind's word counts.
public struct ActuatorOverride: Sendable, Equatable {
    /// How long an energising command lasts that names no duration, in seconds.
    public let defaultLeaseSeconds: Int?
    /// The longest lease, in seconds; at most the kind's.
    public let maxOnSeconds: Int?
    /// How long the output must rest between two on-times, in seconds; at least the kind's.
    public let minOffSeconds: Int?
    /// The levels, within the kind's.
    public let levels: ClosedRange<Double>?
    /// How far the level may change within a second; at most the kind's.
    public let slewPerSecond: Double?
    /// The shortest lease, in seconds; at least the kind's.
    public let minOnSeconds: Int?
    /// How often it may be started within an hour; at most the kind's.
    public let startsPerHour: Int?
    /// When it has to cool down; no later than by the kind's rule, and no shorter.
    public let coolDown: CoolDown?
    /// What sensors must show, beside what the kind asks for.
    public let guards: [SensorGuard]
    /// What an operator has to do beyond asking; at least the kind's.
    public let hazard: HazardClass?
    /// What it draws; what is not given is the kind's.
    public let draw: Draw
    /// What a sensor shows when it works, in place of the kind's.
    public let effect: EffectRule?
    /// Within how many seconds an OFF must be shown; at most the kind's.
    public let safeWithinSeconds: Int?

    /// Puts an override together.
    public init(
        defaultLeaseSeconds: Int? = nil, maxOnSeconds: Int? = nil, minOffSeconds: Int? = nil,
        levels: ClosedRange<Double>? = nil, slewPerSecond: Double? = nil, minOnSeconds: Int? = nil,
        startsPerHour: Int? = nil, coolDown: CoolDown? = nil, guards: [SensorGuard] = [],
        hazard: HazardClass? = nil, draw: Draw = Draw(), effect: EffectRule? = nil, safeWithinSeconds: Int? = nil
    ) {
        self.defaultLeaseSeconds = defaultLeaseSeconds
        self.maxOnSeconds = maxOnSeconds
        self.minOffSeconds = minOffSeconds
        self.levels = levels
        self.slewPerSecond = slewPerSecond
        self.minOnSeconds = minOnSeconds
        self.startsPerHour = startsPerHour
        self.coolDown = coolDown
        self.guards = guards
        self.hazard = hazard
        self.draw = draw
        self.effect = effect
        self.safeWithinSeconds = safeWithinSeconds
    }
}
