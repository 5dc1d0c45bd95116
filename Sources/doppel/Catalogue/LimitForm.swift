import TwinCore

/// The members of the group `limits`, of a kind's file and of an actuator in a site's.
enum LimitForm {
    /// The longest span that any limit speaks of, in seconds: a day.
    private static let longestSeconds = 86_400

    /// A kind's, whose sensors are those of the output's own device.
    static let kind = members(sensor: sensor, effect: effect(sensor), more: [resolution])
    /// A site's, whose sensors may be another device's.
    static let site = members(sensor: sensor + [device], effect: effect(sensor + [device]) + [upstream], more: [])

    private static func members(
        sensor: [MemberForm], effect: [MemberForm], more: [MemberForm]
    ) -> [MemberForm] {
        let levels: [MemberForm] = [
            MemberForm("levels", .shareRange, isRequired: false, "The levels it may be driven to, within [0, 1]"),
            MemberForm(
                "slew_per_second", .share, isRequired: false, "How far the level may change within a second"),
        ]
        let rest: [MemberForm] = [
            MemberForm("starts_per_hour", .integer(1...60), isRequired: false, "How often it may start in an hour"),
            MemberForm("cool_down", .group(coolDown), isRequired: false, "The rest that is due after much on-time"),
            MemberForm(
                "guards", .groups(guards(sensor), 1...ActuatorLimits.maximumGuards), isRequired: false,
                "What sensors must show while it is energised"),
            MemberForm(
                "hazard", .word(HazardClass.allCases.map(\.rawValue)), isRequired: false,
                "What an operator has to do beyond asking"),
            MemberForm("draw", .group(draw), isRequired: false, "What it draws while it is energised"),
            MemberForm("effect", .group(effect), isRequired: false, "What a sensor shows when it works"),
            MemberForm(
                "safe_within_seconds", .integer(1...3600), isRequired: false,
                "Within how many seconds after an OFF the device must have shown it, 30 unless given"),
        ]
        return levels + more + rest
    }

    private static let resolution = MemberForm(
        "resolution", .share, isRequired: false, "The levels are multiples of this")

    private static let coolDown: [MemberForm] = [
        MemberForm("run_seconds", .integer(1...longestSeconds), "The most on-time without such a rest"),
        MemberForm("rest_seconds", .integer(1...longestSeconds), "How long the rest is"),
    ]

    private static func guards(_ sensor: [MemberForm]) -> [MemberForm] {
        [
            MemberForm("sensor", .group(sensor), "Which sensors: every one that is meant, and at least one"),
            MemberForm("range", .range, "The values they may show, in the unit of their kind"),
            MemberForm("max_age_seconds", .integer(1...longestSeconds), "How old the value may be"),
            MemberForm(
                "qualities", .words(qualities), isRequired: false,
                "The qualities that count, excellent, good and fair unless given"),
            MemberForm(
                "direction", .word(SensorGuard.Direction.allCases.map(\.rawValue)), isRequired: false,
                "Where the value has to go"),
        ]
    }

    /// A fault means nothing, and what is stale has an age of its own.
    private static let qualities = Quality.allCases.filter { $0.isPlausible && $0 != .stale }.map(\.rawValue)

    private static let draw: [MemberForm] = [
        MemberForm("watts", .positiveNumber, isRequired: false, "Electrical power"),
        MemberForm("inrush_watts", .positiveNumber, isRequired: false, "Electrical power in the moment it starts"),
        MemberForm("litres_per_minute", .positiveNumber, isRequired: false, "Water or nutrient"),
    ]

    private static func effect(_ sensor: [MemberForm]) -> [MemberForm] {
        [
            MemberForm("sensor", .group(sensor), "Which sensor; of several, one that shows it is enough"),
            MemberForm(
                "measure", .word(EffectRule.Measure.allCases.map(\.rawValue)),
                "What of it counts: its value, or how fast it changes"),
            MemberForm("range", .range, "The measures that show the effect"),
            MemberForm(
                "within_seconds", .integer(1...3600),
                "Within how many seconds of going on it must be seen, and of going off be gone"),
        ]
    }

    private static let upstream = MemberForm(
        "upstream", .output, isRequired: false, "What feeds it, and is closed too when there is no effect")

    private static let sensor: [MemberForm] = [
        MemberForm("type", .wireWord, "Their kind"),
        MemberForm("gpio", .integer(0...GPIO.maximum), isRequired: false, "Their pin; any unless given"),
    ]

    private static let device = MemberForm(
        "device", .device, isRequired: false, "Their device; the output's own unless given")
}
