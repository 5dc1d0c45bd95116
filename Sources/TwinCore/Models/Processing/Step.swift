/// One declared step on the way from a raw value to a processed one.
///
/// Steps act one after the other on a working value, which begins as the raw value, and on its quality, which they can
/// only lower. `twins/README.md` describes them for people who write kinds.
public enum Step: Sendable, Equatable {
    /// `scale` · x + `offset`.
    case linear(scale: Double, offset: Double)
    /// c₀ + c₁ · x + c₂ · x² …, in this order.
    case polynomial([Double])
    /// Straight lines between points; beyond the first and the last the line goes on.
    case lookup([LookupPoint])
    /// Counts of a converter to volts.
    case adc(fullScaleCounts: Double, fullScaleVolts: Double)
    /// Below and above these a converter is at its rail and proves nothing: `suspect`.
    case rail(below: Double, above: Double)
    /// This raw value is a chip's word for a fault.
    case fault(raw: Double, Quality, code: Int?)
    /// Outside this range the value is a fault.
    case outside(ClosedRange<Double>, Quality, code: Int?)
    /// The highest of so many bits is the sign, the others are the magnitude; negative values pass as they are.
    case signMagnitude(bits: Int)
    /// The sensor's calibrated line, or the one given here when it has none.
    case calibrated(slope: Double, offset: Double)
    /// The effect of the medium's temperature is taken out; without a temperature the value passes as it is.
    case temperatureCompensation(TemperatureFormula, referenceCelsius: Double)
    /// The sensor's calibrated shift, if it has one.
    case offset
    /// Values beyond the range become its ends.
    case clamp(ClosedRange<Double>)
    /// So many digits after the point, 0 to 9.
    case round(decimals: Int)
    /// Register words of a Bosch chip to °C, hPa or %RH; values that are physical already pass as they are.
    case bosch(BoschChip, BoschQuantity)
    /// Pulses counted in a window to units a minute.
    case pulses(perUnit: Double, windowSeconds: Double)
    /// Pressure at a height to pressure at sea level.
    case seaLevel(altitudeMetres: Double)
    /// Relative humidity, with the air's temperature, to what the air can still take up, in kPa.
    case vapourPressureDeficit(celsius: ClosedRange<Double>)
}

/// One point of a table.
public struct LookupPoint: Sendable, Equatable {
    /// The value before the step.
    public let x: Double
    /// The value after it.
    public let y: Double

    /// Puts a point together.
    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// The chips of Bosch Sensortec whose register words are understood.
public enum BoschChip: String, Sendable, Codable, CaseIterable {
    case bmp280, bme280
}

/// What a chip of Bosch Sensortec measures.
public enum BoschQuantity: String, Sendable, Codable, CaseIterable {
    case temperature, pressure, humidity
}

/// How raw values of a kind become processed ones: a short list of steps.
public struct Processing: Sendable, Equatable {
    /// The most steps a kind has.
    public static let maximumSteps = 16
    /// The most points a table has.
    public static let maximumLookupPoints = 64
    /// The most coefficients a polynomial has.
    public static let maximumCoefficients = 8

    /// The steps, in the order in which they act.
    public let steps: [Step]
    /// How far the processed value is trusted, the first rule that fits; empty to leave that to the device.
    public let quality: [QualityRule]
    /// Whether a step needs a chip's calibration words, which another sensor of the chip may have been sent.
    public let usesRegisters: Bool

    /// Puts a list of steps together.
    public init(_ steps: [Step], quality: [QualityRule] = []) {
        self.steps = steps
        self.quality = quality
        usesRegisters = steps.contains { if case .bosch = $0 { true } else { false } }
    }
}
