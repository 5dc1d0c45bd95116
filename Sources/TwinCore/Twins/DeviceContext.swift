/// What a device's decisions need to know of the rest of the runtime.
public struct DeviceContext: Sendable {
    /// The libraries that devices may ask for.
    public var libraries: [Library]
    /// The twin's revision, which makes the ids of what is sent unique.
    public var revision: UInt64
    /// Whether an emergency stop covers the device.
    public var isHeld: Bool
    /// Whether an output of the device may be energised.
    public var isEnergised: Bool
    /// Until when outputs of which nothing is known count as energised; `nil` when all are known.
    public var isUnknownUntil: Uptime?
    /// The token that emergency orders to everybody carry; `nil` for none.
    public var broadcastToken: EmergencyToken?
    /// After which silence a device is offline, in milliseconds.
    public var silenceMilliseconds: Int64
    /// Whether the device has been silent for too long to be told anything over and over, whatever its status.
    public var isAway: Bool
    /// Whether the way to the devices is open.
    public var isBrokerConnected: Bool

    /// Puts a context together.
    public init(
        libraries: [Library] = [], revision: UInt64, isHeld: Bool, isEnergised: Bool = false,
        isUnknownUntil: Uptime? = nil,
        broadcastToken: EmergencyToken? = nil,
        silenceMilliseconds: Int64 = DeviceState.defaultSilenceMilliseconds,
        isAway: Bool = false, isBrokerConnected: Bool = true
    ) {
        self.libraries = libraries
        self.revision = revision
        self.isHeld = isHeld
        self.isEnergised = isEnergised
        self.isUnknownUntil = isUnknownUntil
        self.broadcastToken = broadcastToken
        self.silenceMilliseconds = silenceMilliseconds
        self.isAway = isAway
        self.isBrokerConnected = isBrokerConnected
    }

    /// Whether no output of the device may be energised.
    public func mayLetGo(at moment: Moment) -> Bool {
        !isEnergised && isUnknownUntil.map { moment.uptime >= $0 } ?? true
    }
}
