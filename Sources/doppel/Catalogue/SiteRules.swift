import TwinCore

/// The interlocks, budgets and reset plans of sites, each with where it was read.
struct SiteRules {
    /// An interlock or a budget, and the group that says it.
    struct Placed<Rule> {
        let rule: Rule
        let members: FormMembers
    }

    private(set) var interlocks: [Placed<Interlock>] = []
    private(set) var budgets: [Placed<Budget>] = []
    /// The plan of the first site that has one.
    private(set) var reset: (plan: ResetPlan, place: String)?
    /// What outputs draw, as far as somebody says.
    private(set) var draws: [OutputAddress: Draw] = [:]
    /// What is wrong between the plans of several sites.
    private(set) var resetProblems: [Problem] = []

    /// Makes no rules.
    init() {}

    /// The rules of one site that was read.
    init(_ site: FormMembers, draws: [OutputAddress: Draw]) {
        self.draws = draws
        interlocks = site.list("interlocks").compactMap { members in
            Interlock(members).map { Placed(rule: $0, members: members) }
        }
        budgets = site.list("budgets").compactMap { members in
            Budget(members).map { Placed(rule: $0, members: members) }
        }
        reset = site.group("reset").map { (ResetPlan($0), $0.place) }
    }

    /// Takes in those of another site.
    mutating func add(_ other: Self) {
        interlocks += other.interlocks
        budgets += other.budgets
        draws.merge(other.draws) { first, _ in first }
        if let taken = reset, let second = other.reset {
            resetProblems.append(
                Problem(second.place, "'reset' stands at \(taken.place) already, and only one plan can hold"))
        }
        reset = reset ?? other.reset
    }

    /// What is wrong with each rule for itself, and with their names within one site.
    var ownProblems: [Problem] {
        Self.sameNames(interlocks.map { ($0.rule.name, $0.members) })
            + Self.sameNames(budgets.map { ($0.rule.name, $0.members) }) + budgets.flatMap(Self.judge)
    }

    private static func sameNames(_ rules: [(name: String, members: FormMembers)]) -> [Problem] {
        var seen: Set<String> = []
        return rules.compactMap { name, members in
            seen.insert(name).inserted ? nil : members.problem("name", "is '\(name)', which stands here already")
        }
    }

    private static func judge(_ budget: Placed<Budget>) -> [Problem] {
        let rule = budget.rule
        if rule.atOnce == nil, rule.watts == nil, rule.litresPerMinute == nil {
            return [budget.members.problem("members", "share nothing: give 'at_once', 'watts' or 'litres_per_minute'")]
        }
        guard let atOnce = rule.atOnce, atOnce >= rule.members.count else { return [] }
        return [
            budget.members.problem("at_once", "(\(atOnce)) bounds nothing: there are \(rule.members.count) members")
        ]
    }
}

extension Interlock {
    fileprivate init?(_ members: FormMembers) {
        guard let name = members.text("name"), let rule = members.word("rule", as: Rule.self) else { return nil }
        self.init(
            name: name, rule: rule, members: members.outputs("members").map(\.output),
            settleSeconds: members.integer("settle_seconds") ?? 0)
    }
}

extension Budget {
    fileprivate init?(_ members: FormMembers) {
        guard let name = members.text("name"), members["members"] != nil else { return nil }
        self.init(
            name: name, members: members.outputs("members").map(\.output), atOnce: members.integer("at_once"),
            watts: members.number("watts"), litresPerMinute: members.number("litres_per_minute"))
    }
}

extension ResetPlan {
    fileprivate init(_ members: FormMembers) {
        self.init(
            inrushWatts: members.number("inrush_watts"), settleSeconds: members.integer("settle_seconds") ?? 2,
            order: members.devices("order"))
    }
}
