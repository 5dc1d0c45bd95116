/// What processing may use beside the raw value; small, and free to copy.
public struct ProcessingContext: Sendable, Equatable {
    /// The sensor's calibration.
    public var calibration: CalibrationUse?
    /// The temperature of the medium or of the chip, in °C, from a companion sensor.
    public var celsius: Double?
    /// The chip's calibration words and temperature word.
    public var registers: ChipRegisters?

    /// Puts a context together; without anything the kind's defaults hold.
    public init(
        calibration: CalibrationUse? = nil, celsius: Double? = nil, registers: ChipRegisters? = nil
    ) {
        self.calibration = calibration
        self.celsius = celsius
        self.registers = registers
    }
}

/// What came of a raw value.
public struct Processed: Sendable, Equatable {
    /// The value, in the kind's unit; `nil` where there is none.
    public var value: Double?
    /// How far the kind trusts it; `nil` where the kind leaves that to the device.
    public var quality: Quality?
    /// The number of the fault that the raw value stands for, or that the value is.
    public var errorCode: Int?
    /// Why there is no value; a raw value that stands for a fault is none of these.
    public var failure: ProcessingFailure?

    /// Puts a result together.
    public init(
        value: Double?, quality: Quality? = nil, errorCode: Int? = nil, failure: ProcessingFailure? = nil
    ) {
        self.value = value
        self.quality = quality
        self.errorCode = errorCode
        self.failure = failure
    }

    static func failed(_ failure: ProcessingFailure) -> Self {
        Self(value: nil, quality: .error, failure: failure)
    }
}

/// Why a raw value could not be processed.
public enum ProcessingFailure: String, Error, Sendable, Codable, CaseIterable {
    /// The raw value, or what a formula made of it, is no finite number.
    case notFinite = "not_finite"
    /// The raw value is a register word, and the chip's calibration words are not known.
    case missingRegisters = "missing_registers"
    /// The formula needs a temperature, and none is known.
    case missingTemperature = "missing_temperature"
    /// The chip says that it did not measure.
    case notMeasured = "not_measured"
    /// The value lies outside what the formula is for.
    case outsideDomain = "outside_domain"

    /// The same for a person.
    public var text: String {
        switch self {
        case .notFinite: "the raw value, or what its formula makes of it, is no finite number"
        case .missingRegisters:
            "the raw value is no physical value but a register word, and the chip's calibration words are not known; "
                + "let the device send them once"
        case .missingTemperature: "its formula needs a temperature, and none is known that is recent enough"
        case .notMeasured: "the chip says that this measurement is switched off"
        case .outsideDomain: "the value lies outside what its formula is for"
        }
    }
}
