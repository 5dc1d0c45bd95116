/// One step of a guided calibration, as an operator asks for it.
public enum CalibrationAction: Sendable, Equatable {
    /// Begin; a session under way is given up.
    case begin(CalibrationMethod, isInverted: Bool)
    /// Add a point from the live raw value, or from a raw value of the caller's.
    case addPoint(reference: Double, raw: Double?)
    /// Take back a point.
    case dropPoint(index: Int)
    /// Use what the points give.
    case apply
    /// Give up.
    case abandon
    /// Use the kind's defaults again.
    case remove
}

/// Why a step of a guided calibration was refused.
public struct CalibrationRefusal: Error, Sendable, Equatable {
    /// What was wrong and what would be right, for a person to read.
    public let text: String

    /// Puts a refusal together.
    public init(_ text: String) { self.text = text }
}

/// What a guided calibration would give if it were applied now.
public struct CalibrationPreview: Sendable, Equatable {
    /// The slope that would be used.
    public let slope: Double
    /// The offset that would be used.
    public let offset: Double
    /// What an electrode answers with, in mV for each pH; `nil` for other methods.
    public let millivoltsPerPH: Double?
    /// What the sensor's live raw value would be processed to; `nil` while there is none.
    public let value: Double?
    /// How far that value would be trusted.
    public let quality: Quality?

    /// Puts a preview together.
    public init(slope: Double, offset: Double, millivoltsPerPH: Double?, value: Double?, quality: Quality?) {
        self.slope = slope
        self.offset = offset
        self.millivoltsPerPH = millivoltsPerPH
        self.value = value
        self.quality = quality
    }
}
