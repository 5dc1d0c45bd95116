/// One rule on how far a processed value is trusted.
public struct QualityRule: Sendable, Equatable {
    /// Which values a rule is for.
    public enum Band: Sendable, Equatable {
        /// Both ends belong to it.
        case within(ClosedRange<Double>)
        /// The bound itself does not belong to it.
        case below(Double)
        /// The bound itself does not belong to it.
        case above(Double)
        /// Every value.
        case otherwise
    }

    /// What it says.
    public let quality: Quality
    /// Of which values.
    public let band: Band
    /// Whether it speaks of calibrated sensors only.
    public let needsCalibration: Bool

    /// Puts a rule together.
    public init(_ quality: Quality, _ band: Band, needsCalibration: Bool = false) {
        self.quality = quality
        self.band = band
        self.needsCalibration = needsCalibration
    }

    /// Whether the rule speaks of a value.
    @inline(__always)
    func holds(for value: Double, isCalibrated: Bool) -> Bool {
        if needsCalibration, !isCalibrated { return false }
        return switch band {
        case .within(let range): range.contains(value)
        case .below(let bound): value < bound
        case .above(let bound): value > bound
        case .otherwise: true
        }
    }
}
