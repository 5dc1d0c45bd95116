import TwinCore

/// The steps that a kind's `processing` may name: what each holds, and what it becomes.
///
/// The parser and the schema both read this table, so they cannot drift apart.
struct StepForm: Sendable {
    /// The step's name and what it holds.
    let member: MemberForm
    /// Makes the step of what was read; `nil` where a part of it was wrong.
    let make: @Sendable (FormValue) -> Step?

    private init(_ name: String, _ form: Form, _ text: String, _ make: @escaping @Sendable (FormValue) -> Step?) {
        member = MemberForm(name, form, text)
        self.make = make
    }

    /// A step that holds members of its own.
    private static func group(
        _ name: String, _ forms: [MemberForm], _ text: String, _ make: @escaping @Sendable (FormMembers) -> Step?
    ) -> StepForm {
        StepForm(name, .group(forms), text) { value in
            if case .group(let members) = value { make(members) } else { nil }
        }
    }

    private static let faultQualities = ["suspect", "bad", "critical", "error"]
    private static let code = MemberForm(
        "code", .integer(0...65_535), isRequired: false, "The number of the fault, shown with the value")

    /// All steps.
    static let all: [StepForm] = arithmetic + judging + calibrating + physical

    private static let arithmetic: [StepForm] = [
        group(
            "linear",
            [
                MemberForm("scale", .number, "What the value is multiplied by"),
                MemberForm("offset", .number, isRequired: false, "What is added then, 0 unless given"),
            ], "scale · x + offset"
        ) { members in
            members.number("scale").map { .linear(scale: $0, offset: members.number("offset") ?? 0) }
        },
        StepForm(
            "polynomial", .numbers(2...Processing.maximumCoefficients), "c0 + c1 · x + c2 · x² …: [c0, c1, c2]"
        ) { value in if case .numbers(let numbers) = value { .polynomial(numbers) } else { nil } },
        StepForm(
            "lookup", .points(2...Processing.maximumLookupPoints),
            "Straight lines between points [[x, y], …] with rising x; the outermost go on"
        ) { value in if case .points(let points) = value { .lookup(points) } else { nil } },
        StepForm("clamp", .range, "Values beyond the range become its ends") { value in
            if case .range(let range) = value { .clamp(range) } else { nil }
        },
        group("round", [MemberForm("decimals", .integer(0...9), "Digits after the point")], "Rounds the value") {
            $0.integer("decimals").map { .round(decimals: $0) }
        },
        group(
            "sign_magnitude", [MemberForm("bits", .integer(2...32), "How many bits the word has, its sign included")],
            "The highest bit is the sign; negative values pass as they are"
        ) { $0.integer("bits").map { .signMagnitude(bits: $0) } },
    ]

    private static let judging: [StepForm] = [
        group(
            "rail",
            [
                MemberForm("below", .number, "Lower values are at the converter's rail"),
                MemberForm("above", .number, "So are higher ones"),
            ], "A value at a rail of the converter proves nothing: its quality is 'suspect'"
        ) { members in
            guard let below = members.number("below"), let above = members.number("above") else { return nil }
            return .rail(below: below, above: above)
        },
        group(
            "fault",
            [
                MemberForm("raw", .number, "The raw value that stands for the fault"),
                MemberForm("quality", .word(faultQualities), "What the value is worth then"), code,
            ], "This raw value is the chip's word for a fault"
        ) { members in
            guard let raw = members.number("raw"), let quality = members.word("quality", as: Quality.self) else {
                return nil
            }
            return .fault(raw: raw, quality, code: members.integer("code"))
        },
        group(
            "outside",
            [
                MemberForm("range", .range, "Where the value has to be"),
                MemberForm("quality", .word(faultQualities), "What it is worth elsewhere"), code,
            ], "Outside the range the value is a fault"
        ) { members in
            guard let range = members.range("range"), let quality = members.word("quality", as: Quality.self) else {
                return nil
            }
            return .outside(range, quality, code: members.integer("code"))
        },
    ]

    private static let calibrating: [StepForm] = [
        group(
            "calibrated",
            [
                MemberForm("slope", .number, "Of the line that holds without a calibration"),
                MemberForm("offset", .number, "Of that line"),
            ], "The sensor's calibrated straight line, or this one while it has none"
        ) { members in
            guard let slope = members.number("slope"), let offset = members.number("offset") else { return nil }
            return .calibrated(slope: slope, offset: offset)
        },
        StepForm("offset", .nothing, "The sensor's calibrated shift, if it has one") { _ in .offset },
        group(
            "temperature_compensation",
            [
                MemberForm("formula", .word(TemperatureFormula.allCases.map(\.rawValue)), "Which formula"),
                MemberForm("reference", .number, isRequired: false, "The temperature aimed at, 25 °C unless given"),
            ], "Takes out the effect of the medium's temperature, where 'temperature_from' finds one"
        ) { members in
            members.word("formula", as: TemperatureFormula.self)
                .map { .temperatureCompensation($0, referenceCelsius: members.number("reference") ?? 25) }
        },
    ]

    private static let physical: [StepForm] = [
        group(
            "adc",
            [
                MemberForm("full_scale_counts", .positiveNumber, "The highest count"),
                MemberForm("full_scale_volts", .positiveNumber, "The voltage it stands for"),
            ], "Counts of a converter to volts"
        ) { members in
            guard let counts = members.number("full_scale_counts"), let volts = members.number("full_scale_volts")
            else { return nil }
            return .adc(fullScaleCounts: counts, fullScaleVolts: volts)
        },
        group(
            "bosch",
            [
                MemberForm("chip", .word(BoschChip.allCases.map(\.rawValue)), "Which chip"),
                MemberForm("quantity", .word(BoschQuantity.allCases.map(\.rawValue)), "What it measures"),
            ], "Register words of a Bosch chip to °C, hPa or %RH; physical values pass as they are"
        ) { members in
            guard let chip = members.word("chip", as: BoschChip.self),
                let quantity = members.word("quantity", as: BoschQuantity.self)
            else { return nil }
            return .bosch(chip, quantity)
        },
        group(
            "pulses",
            [
                MemberForm("per_unit", .positiveNumber, "How many pulses one unit makes, such as 450 for a litre"),
                MemberForm("window_seconds", .positiveNumber, "How long they are counted; 1 for a frequency in Hz"),
            ], "Pulses to units a minute"
        ) { members in
            guard let perUnit = members.number("per_unit"), let window = members.number("window_seconds") else {
                return nil
            }
            return .pulses(perUnit: perUnit, windowSeconds: window)
        },
        group(
            "sea_level", [MemberForm("altitude_metres", .number, "How high the sensor is")],
            "Pressure at a height to pressure at sea level"
        ) { $0.number("altitude_metres").map { .seaLevel(altitudeMetres: $0) } },
        group(
            "vapour_pressure_deficit",
            [MemberForm("temperature_range", .range, "The air temperatures the formula is used for, in °C")],
            "Relative humidity and air temperature to kPa; for virtual kinds with 'inputs'"
        ) { $0.range("temperature_range").map { .vapourPressureDeficit(celsius: $0) } },
    ]
}
