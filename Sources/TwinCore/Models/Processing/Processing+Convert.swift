extension Processing {
    /// Turns a raw value into a processed one.
    ///
    /// A failure is a value like any other: nothing here traps, and nothing is made up where a value is missing.
    public func convert(_ raw: Double, in context: ProcessingContext = ProcessingContext()) -> Processed {
        var work = Work(raw)
        for step in steps {
            if let failure = work.take(step, raw, context) { return .failed(failure) }
        }
        guard raw.isFinite, work.value.isFinite else { return .failed(.notFinite) }
        let isCalibrated = context.calibration != nil
        for rule in quality where rule.holds(for: work.value, isCalibrated: isCalibrated) {
            work.lower(to: rule.quality)
            break
        }
        return Processed(value: work.value, quality: work.quality, errorCode: work.errorCode)
    }

    /// The working value just before a step that applies a calibration; `nil` when there is no such step or no value.
    func value(before use: CalibrationUse.Form, of raw: Double, in context: ProcessingContext) -> Double? {
        var uncalibrated = context
        uncalibrated.calibration = nil
        var work = Work(raw)
        for step in steps {
            switch step {
            case .calibrated where use == .line: return work.value.isFinite ? work.value : nil
            case .offset where use == .shift: return work.value.isFinite ? work.value : nil
            default: if work.take(step, raw, uncalibrated) != nil { return nil }
            }
        }
        return nil
    }

    /// What the value just before a calibrating step has to become, so that the steps behind it make `reference` of it.
    ///
    /// Only temperature compensation changes a value behind such a step by more than rounding.
    func target(of reference: Double, behind use: CalibrationUse.Form, celsius: Double?) -> Double {
        guard let celsius else { return reference }
        var isBehind = false
        var target = reference
        for step in steps {
            switch step {
            case .calibrated where use == .line: isBehind = true
            case .offset where use == .shift: isBehind = true
            case .temperatureCompensation(let formula, let reference) where isBehind:
                target = formula.undone(target, celsius: celsius, referenceCelsius: reference)
            default: continue
            }
        }
        return target
    }

    /// The line that holds where a sensor has no calibration; `nil` when no step applies one.
    var defaultLine: (slope: Double, offset: Double)? {
        for step in steps { if case .calibrated(let slope, let offset) = step { return (slope, offset) } }
        return nil
    }

    /// Whether a step applies such a calibration.
    public func takes(_ use: CalibrationUse.Form) -> Bool {
        steps.contains { step in
            switch step {
            case .calibrated: use == .line
            case .offset: use == .shift
            default: false
            }
        }
    }
}

/// The working value with its quality, between two steps.
private struct Work {
    var value: Double
    var quality: Quality?
    var errorCode: Int?

    init(_ raw: Double) { value = raw }

    mutating func lower(to other: Quality) {
        quality = quality.map { Quality.worse($0, other) } ?? other
    }

    /// Lets one step act; returns why it could not.
    @inline(__always)
    mutating func take(_ step: Step, _ raw: Double, _ context: ProcessingContext) -> ProcessingFailure? {
        switch step {
        case .linear(let scale, let offset): value = scale * value + offset
        case .adc(let counts, let volts): value = value / counts * volts
        case .rail(let below, let above): if value < below || value > above { lower(to: .suspect) }
        case .fault(let word, let quality, let code): if raw == word { note(quality, code) }
        case .outside(let range, let quality, let code): if !range.contains(value) { note(quality, code) }
        case .offset:
            if let calibration = context.calibration, calibration.form == .shift { value += calibration.offset }
        case .clamp(let range): value = min(max(value, range.lowerBound), range.upperBound)
        case .round(let decimals):
            let scale = Self.powersOfTen[decimals & 15]
            value = (value * scale).rounded() / scale
        case .calibrated(let slope, let offset):
            if let calibration = context.calibration, calibration.form == .line {
                value = calibration.slope * value + calibration.offset
            } else {
                value = slope * value + offset
            }
        case .polynomial, .lookup, .signMagnitude, .temperatureCompensation, .bosch, .pulses, .seaLevel,
            .vapourPressureDeficit:
            return takeRare(step, context)
        }
        return nil
    }

    @inline(never)
    private mutating func takeRare(_ step: Step, _ context: ProcessingContext) -> ProcessingFailure? {
        switch step {
        case .linear, .adc, .rail, .fault, .outside, .offset, .clamp, .round, .calibrated: return nil
        case .polynomial(let coefficients):
            value = coefficients.reversed().reduce(0) { $0 * value + $1 }
        case .lookup(let points): value = Self.interpolate(value, points)
        case .signMagnitude(let bits):
            let sign = Double(sign: .plus, exponent: bits - 1, significand: 1)
            if value >= sign { value = sign - value }
        case .temperatureCompensation(let formula, let reference):
            if let celsius = context.celsius {
                value = formula.done(value, celsius: celsius, referenceCelsius: reference)
            }
        case .bosch(let chip, let quantity):
            switch chip.compensate(value, quantity, context) {
            case .success(let physical): value = physical
            case .failure(let failure): return failure
            }
        case .pulses(let perUnit, let windowSeconds): value = value / perUnit / (windowSeconds / 60)
        case .seaLevel(let altitude): return atSeaLevel(altitude)
        case .vapourPressureDeficit(let range):
            guard let celsius = context.celsius else { return .missingTemperature }
            guard range.contains(celsius), (0...100).contains(value) else { return .outsideDomain }
            value = VapourPressure.deficit(celsius: celsius, relativeHumidity: value)
        }
        return nil
    }

    private mutating func note(_ quality: Quality, _ code: Int?) {
        lower(to: quality)
        if errorCode == nil { errorCode = code }
    }

    /// p₀ = p / (1 − h / 44330)^5.255.
    ///
    /// Source: Bosch Sensortec, BMP180 data sheet (BST-BMP180-DS000), section 3.7 "Calculating pressure at sea level".
    private mutating func atSeaLevel(_ altitude: Double) -> ProcessingFailure? {
        let share = 1 - altitude / 44_330
        guard share > 0 else { return .outsideDomain }
        value /= Exponential.power(share, 5.255)
        return nil
    }

    private static func interpolate(_ x: Double, _ points: [LookupPoint]) -> Double {
        guard points.count >= 2 else { return .nan }
        var right = 1
        while right < points.count - 1, points[right].x < x { right += 1 }
        let from = points[right - 1]
        let to = points[right]
        return from.y + (x - from.x) * (to.y - from.y) / (to.x - from.x)
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9,
    ]
}
