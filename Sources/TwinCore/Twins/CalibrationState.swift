/// How a sensor is calibrated, and the guided calibration that is under way.
///
/// Changed by ``CalibrationState/apply(_:at:)`` alone.
public struct CalibrationState: Sendable, Equatable, Codable {
    /// The most past calibrations kept.
    public static let maximumHistory = 16
    /// A guided calibration that is not finished by then is given up, in milliseconds.
    public static let sessionMilliseconds: Int64 = 86_400_000

    /// A guided calibration that has not ended.
    public struct Session: Sendable, Equatable, Codable {
        /// Its method.
        public let method: CalibrationMethod
        /// Whether the values of such a probe grow the other way.
        public let isInverted: Bool
        /// Who began it.
        public let by: String
        /// When; the uptime is re-based by a new run.
        public internal(set) var startedAt: Moment
        /// The points taken so far.
        public internal(set) var points: [CalibrationPoint]
    }

    /// The calibration in use; `nil` for the kind's defaults.
    public internal(set) var current: Calibration?
    /// The calibrations before it, the latest last.
    public internal(set) var history: [Calibration] = []
    /// The one under way.
    public internal(set) var session: Session?
    /// How many were ever applied.
    public internal(set) var count: UInt32 = 0

    /// Makes a state without a calibration.
    public init() {}
}

extension CalibrationState {
    /// Takes one fact into the state.
    public mutating func apply(_ event: CalibrationEvent, at moment: Moment) {
        switch event {
        case .begun(let method, let isInverted, let by):
            session = Session(method: method, isInverted: isInverted, by: by, startedAt: moment, points: [])
        case .pointTaken(let point): session?.points.append(point)
        case .pointDropped(let index):
            if let points = session?.points, points.indices.contains(index) { session?.points.remove(at: index) }
        case .applied(let calibration):
            retire()
            current = calibration
            count = max(count, calibration.number)
            session = nil
        case .abandoned, .expired: session = nil
        case .removed: retire()
        }
    }

    /// A new run of the runtime began: the session's age is kept, on the new run's clock.
    mutating func beginRun(at moment: Moment) {
        guard let startedAt = session?.startedAt else { return }
        let age = min(max(0, moment.time.milliseconds - startedAt.time.milliseconds), Self.sessionMilliseconds)
        session?.startedAt = Moment(time: startedAt.time, uptime: moment.uptime.advanced(byMilliseconds: -age))
    }

    /// When ``decideOnTime(at:)`` next has something to say; `nil` when never.
    public var nextDeadline: Uptime? {
        session?.startedAt.uptime.advanced(byMilliseconds: Self.sessionMilliseconds)
    }

    /// What time alone brings: a guided calibration that nobody finished is given up.
    public func decideOnTime(at moment: Moment) -> [SensorEvent] {
        guard let nextDeadline, moment.uptime >= nextDeadline else { return [] }
        return [.calibration(.expired)]
    }

    /// Whether the calibration in use is older than its kind lets one hold.
    ///
    /// A sensor that was never calibrated has none that could be too old.
    public func isDue(_ kind: SensorKind?, at time: UnixTime) -> Bool {
        guard let current, let dueAt = Self.dueAt(current, kind) else { return false }
        return time >= dueAt
    }

    /// When a calibration has to be renewed; `nil` for never.
    public static func dueAt(_ calibration: Calibration, _ kind: SensorKind?) -> UnixTime? {
        kind?.calibration?.validDays.map { calibration.at.advanced(byMilliseconds: Int64($0) * 86_400_000) }
    }

    private mutating func retire() {
        guard let current else { return }
        if history.count == Self.maximumHistory { history.removeFirst() }
        history.append(current)
        self.current = nil
    }
}
