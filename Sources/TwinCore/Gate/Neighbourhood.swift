/// What the rest of the site shows, as far as one output's limits ask for it.
public struct Neighbourhood: Sendable, Equatable {
    /// What the sensors show that guards and effects read; none where no sensor is meant.
    public var readings: [SensorReference: [SensorReading]] = [:]
    /// How the other outputs stand that rules bind this one to.
    public var outputs: [OutputAddress: OutputStanding] = [:]
    /// The rules that bind this output.
    public var interlocks: [Interlock] = []
    /// The budgets that it shares.
    public var budgets: [Budget] = []

    /// Makes a neighbourhood in which nothing binds.
    public init() {}
}

/// What one sensor shows now.
public struct SensorReading: Sendable, Equatable {
    /// Which sensor, for people.
    public var name: String
    /// Its latest plausible value; `nil` while there is none.
    public var value: Double?
    /// How far the value can be trusted.
    public var quality: Quality
    /// How old it is, in milliseconds.
    public var ageMilliseconds: Int64
    /// How fast it changes, per minute; `nil` until two values tell.
    public var slopePerMinute: Double?
    /// When it reached the runtime; what is older than that proves nothing about later.
    public var receivedAt: Uptime

    /// Puts a reading together.
    public init(
        name: String, value: Double?, quality: Quality, ageMilliseconds: Int64, slopePerMinute: Double? = nil,
        receivedAt: Uptime
    ) {
        self.name = name
        self.value = value
        self.quality = quality
        self.ageMilliseconds = ageMilliseconds
        self.slopePerMinute = slopePerMinute
        self.receivedAt = receivedAt
    }
}

/// How one output stands, as far as others need to know.
public struct OutputStanding: Sendable, Equatable {
    /// For how long its device has shown it on without a break, in milliseconds; `nil` while it does not.
    public var shownOnMilliseconds: Int64?
    /// Whether it is on, as far as anybody knows: shown on, allowed to be on, or not shown off since it was.
    public var isOn: Bool
    /// Whether it may be energised: it is on, or an OFF that was sent to it is not confirmed.
    public var mayBeOn: Bool
    /// What it draws.
    public var draw: Draw

    /// Puts a standing together.
    public init(shownOnMilliseconds: Int64? = nil, isOn: Bool, mayBeOn: Bool, draw: Draw = Draw()) {
        self.shownOnMilliseconds = shownOnMilliseconds
        self.isOn = isOn
        self.mayBeOn = mayBeOn
        self.draw = draw
    }
}
