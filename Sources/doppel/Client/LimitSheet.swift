/// What bounds outputs, as lines for a person.
enum LimitSheet {
    /// A line for each kind of actuator, and one for each rule of a site; nothing where there are none.
    static func lines(_ models: WireValue) -> [String] {
        [kinds(models["actuator_kinds"]?.items ?? []), rules(models["sites"]?.items ?? [])]
            .filter { !$0.rows.isEmpty }.flatMap { [""] + $0.lines }
    }

    private static func kinds(_ kinds: [WireValue]) -> Table {
        var table = Table([
            "ACTUATOR", "LEASE S", "ON S", "OFF S", "STARTS/H", "COOL-DOWN S", "HAZARD", "GUARDS", "EFFECT",
        ])
        for kind in kinds {
            guard let limits = kind["limits"] else { continue }
            let rest = limits["cool_down"].map { "\($0["rest_seconds"].shown) after \($0["run_seconds"].shown)" }
            table.add([
                kind["kind"].shown, limits["default_lease_seconds"].shown,
                "\(limits["min_on_seconds"].shown)-\(limits["max_on_seconds"].shown)",
                limits["min_off_seconds"].shown, limits["starts_per_hour"].shown, rest ?? "-",
                limits["hazard"].shown, sensors(limits["guards"]?.items ?? []),
                sensors([limits["effect"]].compactMap(\.self)),
            ])
        }
        return table
    }

    private static func rules(_ sites: [WireValue]) -> Table {
        var table = Table(["SITE", "RULE", "ASKS FOR", "MEMBERS"])
        for site in sites {
            for rule in site["interlocks"]?.items ?? [] {
                table.add([site["name"].shown, rule["name"].shown, words(rule), rule["members"].shown])
            }
            for budget in site["budgets"]?.items ?? [] {
                table.add([site["name"].shown, budget["name"].shown, bounds(of: budget), budget["members"].shown])
            }
        }
        return table
    }

    private static func words(_ rule: WireValue) -> String {
        let settle = rule["settle_seconds"]?.number ?? 0
        return rule["rule"].shown + (settle > 0 ? " after \(rule["settle_seconds"].shown) s" : "")
    }

    private static func bounds(of budget: WireValue) -> String {
        let units = [("at_once", "at once"), ("watts", "W"), ("litres_per_minute", "l/min")]
        let bounds = units.compactMap { name, unit in budget[name].map { "\($0.shown) \(unit)" } }
        return "at most \(bounds.joined(separator: ", "))"
    }

    /// The kinds of the sensors that rules read.
    private static func sensors(_ rules: [WireValue]) -> String {
        let types = rules.compactMap { $0["sensor"]?["type"]?.text }
        return types.isEmpty ? "-" : types.joined(separator: ", ")
    }
}
