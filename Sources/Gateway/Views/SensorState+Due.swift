import TwinCore
import TwinRuntime

extension TwinView {
    /// When a sensor's calibration should be done again; `nil` where it has none, or its kind's never wears off.
    func calibrationDue(of sensor: SensorState) -> UnixTime? { nil }

    /// What a sensor's guided calibration would give if it were applied now; `null` without one.
    func calibrationPreview(of sensor: SensorState) -> JSONValue { .null }
}

/// What points give that somebody took without a session, and does not want applied.
enum CalibrationTrial {
    /// The result as it is shown.
    static func json(
        of key: SensorKey, _ method: CalibrationMethod, _ points: [(raw: Double, reference: Double)], in view: TwinView
    ) throws -> JSONValue { throw ServiceError.unsuitable("points are not tried out yet") }
}
