/// What a device says about its own condition; changed by ``HealthState/apply(_:at:)`` alone.
public struct HealthState: Sendable, Equatable, Codable {
    /// The most errors kept.
    public static let maximumErrors = 32

    /// An error as it is kept.
    public struct KeptError: Sendable, Equatable, Codable {
        /// The device's words, the latest of this code.
        public internal(set) var error: DeviceError
        /// How often this code came.
        public internal(set) var count: Int
        /// When it came first.
        public let firstAt: UnixTime
        /// When it came last.
        public internal(set) var lastAt: UnixTime
    }

    /// Its latest diagnostics, and when they arrived.
    public internal(set) var diagnostics: Received<Diagnostics>?
    /// Its latest status report.
    public internal(set) var status: Received<StatusReport>?
    /// Its latest word about its safe mode.
    public internal(set) var safeMode: Received<SafeModeReport>?
    /// Its latest word about its publish queue.
    public internal(set) var pressure: Received<QueuePressure>?
    /// What came of its latest change of credentials.
    public internal(set) var credentials: Received<CredentialsReport>?
    /// Its isolated subzones, as it last said.
    public internal(set) var isolatedSubzones: [String] = []
    /// Its errors by code, the latest last.
    public internal(set) var errors: [KeptError] = []
    /// How many errors arrived.
    public internal(set) var errorCount: UInt64 = 0
    /// When the latest errors arrived, oldest first; what their rate is counted from.
    public internal(set) var recentErrorTimes: [UnixTime] = []

    /// Makes a state that knows nothing.
    public init() {}
}

/// A message, and when it reached the runtime.
public struct Received<Message: Sendable & Equatable & Codable>: Sendable, Equatable, Codable {
    /// What was said.
    public let message: Message
    /// When it arrived.
    public let at: UnixTime

    /// Puts both together.
    public init(_ message: Message, at time: UnixTime) {
        self.message = message
        at = time
    }
}

extension HealthState {
    /// Takes one fact into the state.
    public mutating func apply(_ event: HealthEvent, at moment: Moment) {}
}
