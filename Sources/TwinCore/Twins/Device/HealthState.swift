/// What a device says about its own condition; changed by ``HealthState/apply(_:at:)`` alone.
public struct HealthState: Sendable, Equatable, Codable {
    /// The most errors kept, one for each code; the one that did not come for longest is forgotten.
    public static let maximumErrors = 32
    /// The most arrival times kept; a device sends each of its 32 codes once a minute at most.
    public static let maximumErrorTimes = 320
    /// Over which span errors are counted as recent, in milliseconds.
    public static let errorSpanMilliseconds: Int64 = 600_000
    /// The most isolated subzones kept; a device is given 8.
    public static let maximumIsolatedSubzones = 16

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

    /// How many errors arrived within the last ten minutes.
    ///
    /// Times that lie ahead, because the wall clock was set back, do not count.
    public func recentErrorCount(at time: UnixTime) -> Int {
        let earliest = time.advanced(byMilliseconds: -Self.errorSpanMilliseconds)
        return recentErrorTimes.count { $0 > earliest && $0 <= time }
    }
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
    public mutating func apply(_ event: HealthEvent, at moment: Moment) {
        switch event {
        case .diagnosed(let diagnostics): self.diagnostics = Received(diagnostics, at: moment.time)
        case .erred(let error): take(error, at: moment.time)
        case .pressureChanged(let pressure): self.pressure = Received(pressure, at: moment.time)
        case .statusReported(let status): self.status = Received(status, at: moment.time)
        case .safeModeReported(let safeMode): self.safeMode = Received(safeMode, at: moment.time)
        case .credentialsReported(let credentials): self.credentials = Received(credentials, at: moment.time)
        case .subzoneReported(let status): take(status)
        }
    }

    private mutating func take(_ error: DeviceError, at time: UnixTime) {
        errorCount &+= 1
        let earliest = time.advanced(byMilliseconds: -Self.errorSpanMilliseconds)
        recentErrorTimes.removeAll { $0 <= earliest }
        if recentErrorTimes.count == Self.maximumErrorTimes { recentErrorTimes.removeFirst() }
        recentErrorTimes.append(time)

        var kept = KeptError(error: error, count: 0, firstAt: time, lastAt: time)
        if let index = errors.firstIndex(where: { $0.error.code == error.code }) {
            kept = errors.remove(at: index)
        } else if errors.count == Self.maximumErrors {
            errors.removeFirst()
        }
        kept.error = error
        kept.count += 1
        kept.lastAt = time
        errors.append(kept)
    }

    private mutating func take(_ status: SubzoneStatus) {
        isolatedSubzones.removeAll { $0 == status.subzone }
        guard status.isSafe else { return }
        if isolatedSubzones.count == Self.maximumIsolatedSubzones { isolatedSubzones.removeFirst() }
        isolatedSubzones.append(status.subzone)
    }
}
