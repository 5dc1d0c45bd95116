/// How new devices come to take part.
public enum Approval: String, Sendable, CaseIterable {
    /// An operator lets each in.
    case manual
    /// Whoever speaks takes part; for demonstrations and closed networks.
    case automatic
}

/// What an operator may decide about the runtime.
public struct RuntimeOptions: Sendable {
    /// How new devices come to take part.
    public var approval: Approval
    /// After this span without a word a device is offline, in milliseconds.
    public var silenceMilliseconds: Int64
    /// A twin with unsaved facts is snapshot after this span, in milliseconds.
    public var checkpointMilliseconds: Int64
    /// The most devices the runtime takes in.
    public var maximumDevices: Int
    /// Whether devices are told what their raw values were processed to, at most once a second for each sensor.
    public var tellsProcessed: Bool
    /// Whether energising waits until the broker has brought the claim of the site back.
    public var provesClaim: Bool

    /// Puts options together.
    public init(
        approval: Approval = .manual, silenceMilliseconds: Int64 = 180_000, checkpointMilliseconds: Int64 = 10_000,
        maximumDevices: Int = 100_000, tellsProcessed: Bool = true, provesClaim: Bool = false
    ) {
        self.tellsProcessed = tellsProcessed
        self.provesClaim = provesClaim
        self.approval = approval
        self.silenceMilliseconds = silenceMilliseconds
        self.checkpointMilliseconds = checkpointMilliseconds
        self.maximumDevices = maximumDevices
    }
}
