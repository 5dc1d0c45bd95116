/// How sensors of a kind are calibrated.
public struct CalibrationRule: Sendable, Equatable {
    /// Which methods fit.
    public let methods: [CalibrationMethod]
    /// For how long a calibration holds, in days; `nil` for as long as nobody changes it.
    public let validDays: Int?
    /// How many times a pH probe's front end amplifies its electrode's voltage; 1 for other kinds.
    public let amplifierGain: Double

    /// Puts a rule together.
    public init(methods: [CalibrationMethod], validDays: Int? = nil, amplifierGain: Double = 1) {
        self.methods = methods
        self.validDays = validDays
        self.amplifierGain = amplifierGain
    }
}
