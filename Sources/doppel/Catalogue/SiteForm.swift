import TwinCore

/// The members of a site's file: the parser and the schema both read these tables.
enum SiteForm {
    /// The longest lease of any kind, in seconds: a day.
    private static let longestLease = 86_400
    /// The most interlocks of a site, and the most budgets.
    static let maximumRules = 64

    /// What stands beside the devices.
    static let site: [MemberForm] = [
        MemberForm("kind", .word(["site"]), "What the file describes"),
        MemberForm("name", .wireWord, "The site's name, and the file's"),
        MemberForm(
            "interlocks", .groups(interlock, 1...maximumRules), isRequired: false, "Outputs that bind each other"),
        MemberForm(
            "budgets", .groups(budget, 1...maximumRules), isRequired: false, "What outputs may draw together"),
        MemberForm(
            "reset", .group(reset), isRequired: false, "How outputs may be used again after an emergency stop"),
    ]

    private static let interlock: [MemberForm] = [
        MemberForm("name", .wireWord, "The rule's name, unique within the site"),
        MemberForm(
            "rule", .word(Interlock.Rule.allCases.map(\.rawValue)),
            "exclusive: at most one is on; requires: the first needs all others; ordered: each needs those before it"),
        MemberForm("members", .outputs(2...Interlock.maximumMembers), "The outputs, in the order the rule asks for"),
        MemberForm(
            "settle_seconds", .integer(0...3600), isRequired: false,
            "For how long those that are needed must have been on, 0 unless given"),
    ]

    private static let budget: [MemberForm] = [
        MemberForm("name", .wireWord, "The budget's name, unique within the site"),
        MemberForm("members", .outputs(2...Budget.maximumMembers), "The outputs that share it"),
        MemberForm(
            "at_once", .integer(1...Budget.maximumMembers - 1), isRequired: false, "How many may be on at once"),
        MemberForm("watts", .positiveNumber, isRequired: false, "What they may draw together, in watts"),
        MemberForm(
            "litres_per_minute", .positiveNumber, isRequired: false,
            "What they may draw together, in litres per minute"),
    ]

    private static let reset: [MemberForm] = [
        MemberForm(
            "inrush_watts", .positiveNumber, isRequired: false,
            "What the outputs of one stage may draw together when they start"),
        MemberForm(
            "settle_seconds", .integer(0...3600), isRequired: false,
            "How long a stage waits for the one before it, 2 unless given"),
        MemberForm(
            "order", .devices(1...256), isRequired: false, "The devices that come first; the others follow by name"),
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
        MemberForm(
            "min_on_seconds", .integer(0...longestLease), isRequired: false, "The shortest lease; at least the kind's"),
        MemberForm("limits", .group(LimitForm.site), isRequired: false, "What else bounds its energising"),
    ]
}
