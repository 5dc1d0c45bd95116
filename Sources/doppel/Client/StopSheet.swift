/// The emergency stop and its scoreboard, as lines for a person.
enum StopSheet {
    /// How far the outputs are known to be stopped.
    struct Score: Sendable, Equatable {
        /// Seen off.
        var stopped = 0
        /// Reachable, and not seen off yet.
        var unconfirmed = 0
        /// Not reachable.
        var offline = 0
        /// Whether there is a way to the devices.
        var isBrokerConnected = true

        /// Whether every output has been seen off.
        var isComplete: Bool { isBrokerConnected && unconfirmed == 0 && offline == 0 }
    }

    /// A report's counts; they cover the lines that a long scoreboard leaves out, too.
    static func score(_ report: WireValue) -> Score {
        let counts = report["counts"]
        let count = { (name: String) in counts?[name]?.number.map { Int($0) } ?? 0 }
        return Score(
            stopped: count("stopped"), unconfirmed: count("unconfirmed"), offline: count("offline"),
            isBrokerConnected: report["broker_connected"]?.flag ?? true)
    }

    /// Whether the report says that a stop holds.
    static func isHolding(_ report: WireValue) -> Bool { !(report["incidents"]?.items ?? []).isEmpty }

    /// The latch and the scoreboard.
    ///
    /// - Parameter maximumRows: How many of its rows are shown; those that need attention come first.
    static func lines(_ report: WireValue, maximumRows: Int = .max) -> [String] {
        var text: [String] = []
        let incidents = report["incidents"]?.items ?? []
        if incidents.isEmpty {
            text.append("No emergency stop holds.")
        }
        for incident in incidents {
            let scope = scope(incident["scope"])
            let word = incident["drill"]?.flag == true ? "DRILL, EMERGENCY STOP" : "EMERGENCY STOP"
            text.append(
                "\(word) of \(scope) since \(incident["issued_at"].shown) by \(incident["issued_by"].shown): "
                    + incident["reason"].shown + (incident["id"]?.text.map { "  (\($0))" } ?? ""))
            text += timing(of: incident, in: report)
        }
        if report["durable"]?.flag == false {
            text.append("The stop holds in memory ONLY: the disk does not take it. Do not restart Doppel.")
        }
        let clearing = report["clearing"]?.items ?? []
        if !clearing.isEmpty { text.append("Clearing: \(clearing.map(\.shown).joined(separator: ", "))") }
        let rows = lines(of: report)
        guard !rows.isEmpty else { return text.map(Table.printable) }
        let score = score(report)
        text.append("\(score.stopped) stopped, \(score.unconfirmed) unconfirmed, \(score.offline) offline")
        var table = Table(["DEVICE", "GPIO", "STANDING", "EVIDENCE"])
        // What needs attention first.
        for wanted in ["unconfirmed", "offline", "stopped"] {
            for row in rows where standing(row) == wanted {
                guard table.rows.count < maximumRows else { continue }
                table.add([row["device"].shown, row["gpio"].shown, wanted, row["evidence"].shown])
            }
        }
        let more = rows.count > maximumRows ? ["… and \(rows.count - maximumRows) more"] : []
        return text.map(Table.printable) + table.lines + more
    }

    /// What remains to be done by a person.
    static func advice(_ score: Score) -> [String] {
        guard !score.isComplete else { return [] }
        var lines = ["The stop holds, but not every output has been seen off."]
        if !score.isBrokerConnected {
            lines.append(
                "To do: Doppel has no connection to the broker, so the stop reaches NOBODY until it is back; "
                    + "cut the power on site.")
        }
        if score.unconfirmed > 0 {
            lines.append(
                "To do: \(score.unconfirmed) unconfirmed: Doppel repeats the stop; cut their power if it is urgent.")
        }
        if score.offline > 0 {
            lines.append(
                "To do: \(score.offline) offline: they are stopped before anything else when they return; "
                    + "go and look, they may be running.")
        }
        return lines
    }

    private static func lines(of report: WireValue) -> [WireValue] {
        report["lines"]?.items ?? []
    }

    private static func standing(_ line: WireValue) -> String {
        let word = line["standing"]?.text ?? ""
        return ["stopped", "offline"].contains(word) ? word : "unconfirmed"
    }

    /// How far a stop has come, and how long it took.
    private static func timing(of incident: WireValue, in report: WireValue) -> [String] {
        let id = incident["id"]?.text
        guard let tally = report["timings"]?.items.first(where: { id != nil && $0["incident"]?.text == id }) else {
            return []
        }
        var line = "  \(tally["confirmed"].shown) of \(tally["total"].shown) outputs seen off"
        if let last = tally["last_ms"] {
            line +=
                "; half within \(tally["p50_ms"].shown) ms, 99 of 100 within \(tally["p99_ms"].shown) ms, "
                + "the last after \(last.shown) ms"
        }
        return [line]
    }

    /// What a stop covers, in words.
    static func scope(_ scope: WireValue?) -> String {
        guard let scope, scope != .text("all") else { return "everything" }
        if let kaiser = scope["kaiser"]?.text { return "everything below relay \(kaiser)" }
        if let subzone = scope["subzone"]?.text {
            return "subzone \(subzone)" + (scope["zone"]?.text.map { " of zone \($0)" } ?? "")
        }
        if let zone = scope["zone"]?.text { return "zone \(zone)" }
        if let device = scope["device"]?.text { return device + (scope["gpio"].map { " GPIO \($0.shown)" } ?? "") }
        guard let filter = scope["filter"] else { return scope.shown }
        let parts = [("kinds", "kind"), ("zones", "zone"), ("devices", "device")].compactMap { name, word in
            filter[name].flatMap {
                $0.items.isEmpty ? nil : "\(word) \($0.items.map(\.shown).joined(separator: " or "))"
            }
        }
        return "outputs of " + parts.joined(separator: ", ")
    }
}
