import TwinCore

extension Processing {
    /// The steps from the raw value to the processed one, in order.
    var json: JSONValue { .array(steps.map(\.json)) }
}

extension Step {
    /// One step with its parameters.
    fileprivate var json: JSONValue {
        switch self {
        case .linear(let scale, let offset):
            ["step": "linear", "scale": JSONValue(scale), "offset": JSONValue(offset)]
        case .polynomial(let coefficients):
            ["step": "polynomial", "coefficients": .array(coefficients.map { JSONValue($0) })]
        case .lookup(let points):
            ["step": "lookup", "points": .array(points.map { [JSONValue($0.x), JSONValue($0.y)] })]
        case .adc(let counts, let volts):
            ["step": "adc", "full_scale_counts": JSONValue(counts), "full_scale_volts": JSONValue(volts)]
        case .rail(let low, let high): ["step": "rail", "below": JSONValue(low), "above": JSONValue(high)]
        case .fault(let raw, let quality, let code):
            [
                "step": "fault", "raw": JSONValue(raw), "quality": .string(quality.rawValue),
                "code": JSONValue(code),
            ]
        case .outside(let range, let quality, let code):
            JSONValue.object([.word("step", "outside")]).adding(range.members).adding([
                .word("quality", quality.rawValue), .init(name: "code", value: JSONValue(code)),
            ])
        case .signMagnitude(let bits): ["step": "sign_magnitude", "bits": JSONValue(bits)]
        case .calibrated(let slope, let offset):
            ["step": "calibrated", "slope": JSONValue(slope), "offset": JSONValue(offset)]
        case .temperatureCompensation(let formula, let celsius):
            [
                "step": "temperature_compensation", "formula": .string(formula.rawValue),
                "reference_celsius": JSONValue(celsius),
            ]
        case .offset: ["step": "offset"]
        case .clamp(let range): JSONValue.object([.word("step", "clamp")]).adding(range.members)
        case .round(let decimals): ["step": "round", "decimals": JSONValue(decimals)]
        case .bosch(let chip, let quantity):
            ["step": "bosch", "chip": .string(chip.rawValue), "quantity": .string(quantity.rawValue)]
        case .pulses(let perUnit, let seconds):
            ["step": "pulses", "per_unit": JSONValue(perUnit), "window_seconds": JSONValue(seconds)]
        case .seaLevel(let metres): ["step": "sea_level", "altitude_metres": JSONValue(metres)]
        case .vapourPressureDeficit(let celsius):
            JSONValue.object([.word("step", "vapour_pressure_deficit")]).adding(celsius.members)
        }
    }
}

extension ClosedRange<Double> {
    /// Its ends.
    fileprivate var members: [JSONValue.Member] {
        [.init(name: "minimum", value: JSONValue(lowerBound)), .init(name: "maximum", value: JSONValue(upperBound))]
    }
}
