/// What Doppel knows about a kind of actuator.
public struct ActuatorKind: Sendable, Equatable, Codable {
    /// How the kind's driver takes commands.
    public enum Semantics: String, Sendable, Codable, CaseIterable {
        /// On or off.
        case digital
        /// Closed, half open, open.
        case position
        /// Dimmed, 0 to 1.
        case pwm
        /// Turned to an angle by a pulse's length, 0 to 1.
        case servo
    }

    /// Where an output rests when nobody has a say; OFF drives it there.
    public enum SafeState: String, Sendable, Codable, CaseIterable {
        case off, closed
    }

    /// The canonical wire word.
    public var name: String
    /// How the driver takes commands.
    public var semantics: Semantics
    /// The word that devices know the driver by; a kind of the server's own is sent as another one.
    public var wireType: String
    /// Where the output rests.
    public var safeState: SafeState
    /// What a device shows for a level of 1 in its status.
    public var fullScale: Int
    /// The positions of a valve between closed and open, both included; `nil` for other kinds.
    public var positions: Int?
    /// The pulses of a servo at 0 and at 1, in microseconds; `nil` for other kinds.
    public var pulseMicroseconds: ClosedRange<Int>?
    /// How often a dimmed output switches, in Hz; `nil` for other kinds.
    public var frequencyHertz: Int?
    /// What bounds its energising.
    public var limits: ActuatorLimits
    /// The first 32 bits of the SHA-256 of the kind's file; 0 for a kind that was not read from one.
    public var version: UInt32

    /// Puts a kind together.
    public init(
        name: String, semantics: Semantics, wireType: String? = nil, safeState: SafeState = .off,
        fullScale: Int = 255, positions: Int? = nil, pulseMicroseconds: ClosedRange<Int>? = nil,
        frequencyHertz: Int? = nil, limits: ActuatorLimits, version: UInt32 = 0
    ) {
        self.name = name
        self.semantics = semantics
        self.wireType = wireType ?? name
        self.safeState = safeState
        self.fullScale = fullScale
        self.positions = positions
        self.pulseMicroseconds = pulseMicroseconds
        self.frequencyHertz = frequencyHertz
        self.limits = limits
        self.version = version
    }

    /// What is assumed of a kind the catalogue does not know: short leases.
    public static func unknown(_ name: String) -> Self {
        Self(
            name: name, semantics: .digital,
            limits: ActuatorLimits(defaultLeaseSeconds: 60, maxOnSeconds: 600, minOffSeconds: 0))
    }
}
