/// How a sensor is calibrated, and the guided calibration that is under way.
///
/// Changed by ``CalibrationState/apply(_:at:)`` alone.
public struct CalibrationState: Sendable, Equatable, Codable {
    /// The most past calibrations kept.
    public static let maximumHistory = 16

    /// A guided calibration that has not ended.
    public struct Session: Sendable, Equatable, Codable {
        /// Its method.
        public let method: CalibrationMethod
        /// Whether the values of such a probe grow the other way.
        public let isInverted: Bool
        /// Who began it.
        public let by: String
        /// When.
        public let startedAt: Moment
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
    public mutating func apply(_ event: CalibrationEvent, at moment: Moment) {}
}
