import TwinCore

/// The members of a kind's file: the parser and the schema both read these tables.
enum KindForm {
    /// A sensor's.
    static let sensor: [MemberForm] = [
        MemberForm("kind", .word(["sensor"]), "What the file describes"),
        MemberForm("name", .wireWord, "The word devices use, and the file's name"),
        MemberForm("aliases", .wireWords, isRequired: false, "Other words for the same kind"),
        MemberForm("unit", .text(0...16), "The unit of processed values; '' for none"),
        MemberForm("range", .range, "The physical range of processed values; outside, the quality is 'critical'"),
        MemberForm(
            "interface", .word(SensorKind.Interface.allCases.map(\.rawValue)), "How such a sensor is attached"),
        MemberForm(
            "chip", .group(chip), isRequired: false, "For chips that measure several things: which of them this is"),
        MemberForm("mode", .word(SensorWish.Mode.allCases.map(\.rawValue)), "When such sensors usually measure"),
        MemberForm("interval_seconds", .integer(1...300), isRequired: false, "How often they do"),
        MemberForm(
            "stale_after_seconds", .integerOrWord(1...604_800, "never"), "Older values are shown as 'stale'"),
        MemberForm(
            "fresh_for_seconds", .integer(1...604_800), isRequired: false,
            "For how long a value measured on demand describes the present"),
        MemberForm(
            "processing", .choices(StepForm.all.map(\.member), with: [], 0...Processing.maximumSteps),
            "The steps from the raw value to the processed one, in order"),
        MemberForm(
            "quality", .choices(qualities, with: [when], 1...12), isRequired: false,
            "How far a value is trusted: the first rule that fits; without rules the device's word counts"),
        MemberForm("calibration", .group(calibration), isRequired: false, "How such sensors are calibrated"),
        MemberForm(
            "temperature_from", .group(companion), isRequired: false, "Whose temperature the steps use"),
        MemberForm(
            "inputs", .group(inputs), isRequired: false, "For virtual kinds: what their values are computed from"),
    ]

    /// An actuator's.
    static let actuator: [MemberForm] = [
        MemberForm("kind", .word(["actuator"]), "What the file describes"),
        MemberForm("name", .wireWord, "The word devices use, and the file's name"),
        MemberForm(
            "wire_type", .wireWord, isRequired: false,
            "The word a device is configured with, for kinds that only the server knows"),
        MemberForm(
            "semantics", .word(ActuatorKind.Semantics.allCases.map(\.rawValue)), "How the driver takes commands"),
        MemberForm(
            "safe_state", .word(ActuatorKind.SafeState.allCases.map(\.rawValue)), "Where OFF leaves the output"),
        MemberForm(
            "full_scale", .integer(1...65_535), isRequired: false,
            "What a device's status shows for a level of 1, 255 unless given"),
        MemberForm("positions", .integer(2...16), isRequired: false, "How many positions a valve has, closed included"),
        MemberForm(
            "pulse_microseconds", .integerRange(500...2500), isRequired: false, "A servo's pulses at level 0 and 1"),
        MemberForm("frequency_hertz", .integer(1...40_000), isRequired: false, "How often a dimmed output switches"),
        MemberForm("lease", .group(lease), "How long an output may stay energised"),
        MemberForm("limits", .group(LimitForm.kind), isRequired: false, "What else bounds its energising"),
    ]

    private static let chip: [MemberForm] = [
        MemberForm("name", .wireWord, "The chip's word, such as sht31"),
        MemberForm("member", .wireWord, "What this kind is of it, such as temperature"),
        MemberForm(
            "half", .word(ChipMember.Half.allCases.map(\.rawValue)), isRequired: false,
            "Where its raw value stands in a packed 32-bit word"),
    ]

    private static let qualities: [MemberForm] = Quality.allCases.map { quality in
        MemberForm(
            quality.rawValue, .band,
            "For values in a range such as [20, 80], {below: 5}, {above: 95} (bounds not included), or 'otherwise'")
    }

    private static let when = MemberForm(
        "when", .word(["calibrated"]), isRequired: false, "The rule speaks of calibrated sensors only")

    private static let calibration: [MemberForm] = [
        MemberForm("methods", .words(CalibrationMethod.allCases.map(\.rawValue)), "Which methods fit"),
        MemberForm(
            "valid_days", .integer(1...3650), isRequired: false, "After how many days a calibration is to be renewed"),
        MemberForm(
            "amplifier_gain", .positiveNumber, isRequired: false,
            "How many times a pH probe's front end amplifies its electrode's voltage, for the method ph"),
    ]

    private static let companion: [MemberForm] = [
        MemberForm("kinds", .wireWords, "The kinds that may serve, by name"),
        MemberForm(
            "scope", .word(CompanionRule.Scope.allCases.map(\.rawValue)),
            "chip: on the same pin at the same bus address; device: anywhere on it"),
        MemberForm("max_age_seconds", .integer(1...86_400), "How old its value may be"),
    ]

    private static let inputs: [MemberForm] = [
        MemberForm(
            "pairs",
            .groups(
                [
                    MemberForm("temperature", .wireWord, "The kind of the temperature, which sets the pace"),
                    MemberForm("humidity", .wireWord, "The kind of the humidity"),
                ], 1...16), "Kinds whose sensors sit on one pin at one bus address"),
        MemberForm("within_seconds", .integer(1...3600), "How far the two may be apart in time"),
    ]

    private static let lease: [MemberForm] = [
        MemberForm(
            "default_seconds", .integer(1...86_400), "How long an energising command lasts that names no duration"),
        MemberForm("max_on_seconds", .integer(1...86_400), "The longest lease"),
        MemberForm("min_on_seconds", .integer(0...86_400), isRequired: false, "The shortest lease, 0 unless given"),
        MemberForm("min_off_seconds", .integer(0...86_400), "How long the output rests between two on-times"),
    ]
}
