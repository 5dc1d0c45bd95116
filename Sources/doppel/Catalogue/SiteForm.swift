/// The members of a site's file: the parser and the schema both read these tables.
enum SiteForm {
    /// The longest lease of any kind, in seconds: a day.
    private static let longestLease = 86_400

    /// What stands beside the devices.
    static let site: [MemberForm] = [
        MemberForm("kind", .word(["site"]), "What the file describes"),
        MemberForm("name", .wireWord, "The site's name, and the file's"),
    ]

    /// What stands beside a device's sensors and actuators.
    static let device: [MemberForm] = [
        MemberForm("board", .wireWord, isRequired: false, "Its board, where it does not say so itself")
    ]

    /// A sensor's.
    static let sensor: [MemberForm] = [
        MemberForm(
            "range", .range, isRequired: false, "The plausible values, within the kind's; others are 'critical'"),
        MemberForm("interval_seconds", .integer(1...300), isRequired: false, "How often it is to measure"),
        MemberForm(
            "stale_after_seconds", .integer(1...604_800), isRequired: false,
            "After how long without a sample the value is shown as 'stale'"),
    ]

    /// An actuator's.
    static let actuator: [MemberForm] = [
        MemberForm("type", .wireWord, "The kind whose limits are narrowed"),
        MemberForm(
            "default_seconds", .integer(1...longestLease), isRequired: false,
            "How long an energising command lasts that names no duration"),
        MemberForm(
            "max_on_seconds", .integer(1...longestLease), isRequired: false, "The longest lease; at most the kind's"),
        MemberForm(
            "min_off_seconds", .integer(0...longestLease), isRequired: false,
            "How long the output rests between two on-times; at least the kind's"),
    ]
}
