/// How a sensor is calibrated.
public enum CalibrationMethod: String, Sendable, Codable, CaseIterable {
    /// One point: the processed value is shifted.
    case offset
    /// Two points: a straight line from volts (or the raw value, where there are no volts) to the value.
    case linear
    /// Two points: counts in dry and in wet ground.
    case moisture
    /// Two buffers: a straight line whose slope is that of a glass electrode.
    case ph
    /// One reference solution: a factor of the cell.
    case ecOnePoint = "ec_one_point"
    /// Air and one reference solution: a straight line.
    case ecTwoPoint = "ec_two_point"

    /// How many points it takes.
    public var pointCount: Int {
        switch self {
        case .offset, .ecOnePoint: 1
        case .linear, .moisture, .ph, .ecTwoPoint: 2
        }
    }

    /// How its result acts on a value.
    public var form: CalibrationUse.Form {
        switch self {
        case .offset: .shift
        case .linear, .moisture, .ph, .ecOnePoint, .ecTwoPoint: .line
        }
    }
}

/// What processing needs of a calibration; small, and free to copy.
public struct CalibrationUse: Sendable, Hashable, Codable {
    /// How a calibration acts on a value.
    public enum Form: String, Sendable, Codable {
        /// The processed value is shifted by `offset`.
        case shift
        /// `slope` · x + `offset` stands in for the kind's default line.
        case line
    }

    /// The calibration's number.
    public let number: UInt32
    /// How it acts.
    public let form: Form
    /// The slope of a line, in units of the value for each unit before the kind's `calibrated` step; 1 for a shift.
    public let slope: Double
    /// The offset of a line or a shift, in the unit of the value.
    public let offset: Double

    /// Puts a calibration's effect together.
    public init(number: UInt32, form: Form, slope: Double, offset: Double) {
        self.number = number
        self.form = form
        self.slope = slope
        self.offset = offset
    }
}

/// One raw value, and what it stands for.
public struct CalibrationPoint: Sendable, Equatable, Codable {
    /// The raw value.
    public let raw: Double
    /// The true value, in the kind's unit; for moisture 0 for dry and 100 for wet.
    public let reference: Double
    /// When it was taken.
    public let at: UnixTime
    /// How warm the medium was, in °C; `nil` when no companion sensor said so.
    public let celsius: Double?

    /// Puts a point together.
    public init(raw: Double, reference: Double, at: UnixTime, celsius: Double? = nil) {
        self.raw = raw
        self.reference = reference
        self.at = at
        self.celsius = celsius
    }
}

/// A calibration that is, or can be, applied to a sensor's raw values.
public struct Calibration: Sendable, Equatable, Codable {
    /// Its number among the sensor's calibrations, counted from 1.
    public let number: UInt32
    /// The method.
    public let method: CalibrationMethod
    /// The points it was computed from.
    public let points: [CalibrationPoint]
    /// The slope of the straight line that stands in for the kind's default one; 1 for a shift.
    ///
    /// It belongs to the unit before the kind's `calibrated` step: volts for probes behind a converter, counts for
    /// moisture. The points keep the raw values it was computed from.
    public let slope: Double
    /// The offset of that line, or of the value, in the kind's unit.
    public let offset: Double
    /// Whether the values of such a probe grow the other way.
    public let isInverted: Bool
    /// Who applied it.
    public let by: String
    /// When it was applied.
    public let at: UnixTime

    /// Puts a calibration together.
    public init(
        number: UInt32, method: CalibrationMethod, points: [CalibrationPoint] = [], slope: Double, offset: Double,
        isInverted: Bool, by: String, at: UnixTime
    ) {
        self.number = number
        self.method = method
        self.points = points
        self.slope = slope
        self.offset = offset
        self.isInverted = isInverted
        self.by = by
        self.at = at
    }

    /// What processing needs of it.
    public var use: CalibrationUse {
        CalibrationUse(number: number, form: method.form, slope: slope, offset: offset)
    }
}

/// What happens to a sensor's calibration.
public enum CalibrationEvent: Sendable, Equatable, Codable {
    /// A guided calibration began; it expires after 24 h.
    case begun(CalibrationMethod, isInverted: Bool, by: String)
    case pointTaken(CalibrationPoint)
    case pointDropped(index: Int)
    /// It is used from the next reading on.
    case applied(Calibration)
    /// The guided calibration was given up.
    case abandoned(by: String)
    /// The guided calibration was not finished in time.
    case expired
    /// The kind's defaults hold again.
    case removed(by: String)
}
