public import TwinCore

/// A change of what a device is to be.
public struct ConfigurationChange: Sendable {
    /// Which device.
    public var device: DeviceID
    /// Makes the new wish of the present one; runs on the loop, so that no other change comes between.
    public var change: @Sendable (Desired) -> Result<ConfigurationWish, ConfigurationProblems>
    /// The revision of the twin that the caller saw; the change is refused when the wish changed since.
    ///
    /// `nil` for any.
    public var seenRevision: UInt64?
    /// Whether nothing is to be changed, only judged.
    public var isRehearsal: Bool
    /// For how long the change is to be tried, in seconds; `nil` for ever.
    public var validSeconds: Int?
    /// Who asks.
    public var by: String

    /// Puts a change together.
    public init(
        device: DeviceID, seenRevision: UInt64?, isRehearsal: Bool, validSeconds: Int?, by: String,
        change: @escaping @Sendable (Desired) -> Result<ConfigurationWish, ConfigurationProblems>
    ) {
        self.device = device
        self.seenRevision = seenRevision
        self.isRehearsal = isRehearsal
        self.validSeconds = validSeconds
        self.by = by
        self.change = change
    }
}

/// What a change comes to.
public struct ConfigurationWish: Sendable, Equatable {
    /// What the device is to be.
    public var desired: Desired
    /// The properties that the caller named, whether they change or not: what was refused of them is tried anew.
    public var touched: [PropertyPath]

    /// Puts a wish together.
    public init(desired: Desired, touched: [PropertyPath]) {
        self.desired = desired
        self.touched = touched
    }
}

/// Everything that is wrong with a wish; never empty.
public struct ConfigurationProblems: Error, Sendable, Equatable {
    /// The problems, in the order of their paths.
    public let list: [ConfigurationProblem]

    /// Wraps the problems.
    public init(_ list: [ConfigurationProblem]) { self.list = list }
}

/// What came of a change.
public struct ConfigurationOutcome: Sendable {
    /// The twin; for a rehearsal as it would be.
    public var view: TwinView
    /// The properties that the change touches.
    public var changed: [PropertyPath]

    /// Puts an outcome together.
    public init(view: TwinView, changed: [PropertyPath]) {
        self.view = view
        self.changed = changed
    }
}
