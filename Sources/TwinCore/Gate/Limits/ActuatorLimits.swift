/// What bounds the energising of an output: data of its kind, narrowed by its site.
///
/// Nothing here bounds de-energising, which always passes.
public struct ActuatorLimits: Sendable, Equatable, Codable {
    /// The levels the output may be driven to, 0 to 1; a motor that stalls below 0.2 begins there.
    public var levels: ClosedRange<Double>
    /// How far the level may change within a second; `nil` for any step.
    public var slewPerSecond: Double?
    /// The levels are multiples of this; `nil` for any level.
    public var resolution: Double?
    /// How long an energising command lasts that names no duration, in seconds.
    public var defaultLeaseSeconds: Int
    /// The longest uninterrupted on-time, renewals included, in seconds.
    public var maxOnSeconds: Int
    /// The shortest lease, in seconds.
    public var minOnSeconds: Int
    /// How long the output must rest between two on-times, in seconds.
    public var minOffSeconds: Int
    /// How often the output may be started within an hour; `nil` for any number.
    public var startsPerHour: Int?
    /// When the output has run for so long that it must cool down; `nil` for never.
    public var coolDown: CoolDown?
    /// What sensors must show while the output is energised.
    public var guards: [SensorGuard]
    /// What an operator has to do beyond asking.
    public var hazard: HazardClass
    /// What the output draws while it is energised.
    public var draw: Draw
    /// What a sensor shows when the output works; `nil` where nothing does.
    public var effect: EffectRule?
    /// Within how many seconds after an OFF the device must have shown it, before an alarm is raised.
    public var safeWithinSeconds: Int

    /// Puts limits together.
    public init(
        levels: ClosedRange<Double> = 0...1, slewPerSecond: Double? = nil, resolution: Double? = nil,
        defaultLeaseSeconds: Int, maxOnSeconds: Int, minOnSeconds: Int = 0, minOffSeconds: Int,
        startsPerHour: Int? = nil, coolDown: CoolDown? = nil, guards: [SensorGuard] = [],
        hazard: HazardClass = .none, draw: Draw = Draw(), effect: EffectRule? = nil, safeWithinSeconds: Int = 30
    ) {
        self.levels = levels
        self.slewPerSecond = slewPerSecond
        self.resolution = resolution
        self.defaultLeaseSeconds = defaultLeaseSeconds
        self.maxOnSeconds = maxOnSeconds
        self.minOnSeconds = minOnSeconds
        self.minOffSeconds = minOffSeconds
        self.startsPerHour = startsPerHour
        self.coolDown = coolDown
        self.guards = guards
        self.hazard = hazard
        self.draw = draw
        self.effect = effect
        self.safeWithinSeconds = safeWithinSeconds
    }

    /// The longest lease of an output that is dangerous and that its device does not end by itself, in seconds.
    public static let uncountedLeaseSeconds = 60
    /// The most guards of a kind, and of a site for one output.
    public static let maximumGuards = 8
}

/// A rest that is due after so much on-time, however it was spread.
///
/// On-times count together until the output has rested once for ``restSeconds``.
public struct CoolDown: Sendable, Equatable, Codable {
    /// The most on-time without such a rest, in seconds.
    public var runSeconds: Int
    /// How long the rest is, in seconds.
    public var restSeconds: Int

    /// Puts a rule together.
    public init(runSeconds: Int, restSeconds: Int) {
        self.runSeconds = runSeconds
        self.restSeconds = restSeconds
    }
}

/// What an operator has to do beyond asking before a dangerous output is energised; ordered by severity.
public enum HazardClass: String, Sendable, Codable, CaseIterable, Comparable {
    /// Nothing.
    case none
    /// Name the revision of the output that he saw, so that he has looked at it as it is.
    case confirm
    /// Find another person who asks for the same within a minute.
    case secondPerson = "second_person"

    private var severity: Int {
        switch self {
        case .none: 0
        case .confirm: 1
        case .secondPerson: 2
        }
    }

    /// Orders by severity.
    public static func < (left: Self, right: Self) -> Bool { left.severity < right.severity }
}

/// What an output draws while it is energised; `nil` where nobody declared it.
public struct Draw: Sendable, Equatable, Codable {
    /// Electrical power, in watts.
    public var watts: Double?
    /// Electrical power in the moment it starts, in watts.
    public var inrushWatts: Double?
    /// Water or nutrient, in litres per minute.
    public var litresPerMinute: Double?

    /// Puts a draw together.
    public init(watts: Double? = nil, inrushWatts: Double? = nil, litresPerMinute: Double? = nil) {
        self.watts = watts
        self.inrushWatts = inrushWatts
        self.litresPerMinute = litresPerMinute
    }
}
