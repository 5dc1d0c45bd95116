import Foundation

/// A history, as lines for a person.
enum HistorySheet {
    /// One page of it.
    static func lines(_ history: WireValue) -> [String] {
        let sensors = history["sensors"]?.items.map { $0["id"].shown }.joined(separator: ", ") ?? "-"
        let head = Table.printable(
            "\(history["device"].shown)  \(sensors)  resolution \(history["resolution"].shown)"
                + "  from \(history["from"].shown) to \(history["to"].shown)")
        let items = history["items"]?.items ?? []
        guard !items.isEmpty else { return [head, "No values."] }
        let isRaw = history["resolution"]?.text == "raw"
        let more = history["next_cursor"] == nil ? [] : ["There is more: narrow it by --from and --to, or use --csv."]
        return [head] + (isRaw ? samples(items) : buckets(items)) + more
    }

    private static func samples(_ items: [WireValue]) -> [String] {
        let isSmoothed = items.contains { $0["smoothed"] != nil }
        var table = Table(["TIME", "VALUE", "UNIT", "QUALITY", "RAW"] + (isSmoothed ? ["SMOOTHED"] : []))
        for item in items {
            table.add(
                [
                    item["event_time"].shown, number(item["value"]), item["unit"].shown, item["quality"].shown,
                    number(item["raw"]),
                ] + (isSmoothed ? [number(item["smoothed"])] : []))
        }
        return table.lines
    }

    private static func buckets(_ items: [WireValue]) -> [String] {
        let known = ["avg", "min", "max", "sum", "first", "last", "stddev", "smoothed"]
        let shown = known.filter { name in items.contains { $0[name] != nil } }
        var table = Table(["START", "UNIT", "COUNT"] + shown.map { $0.uppercased() })
        for item in items {
            let isFilled = item["filled"]?.flag == true
            table.add(
                [item["start"].shown, item["unit"].shown, isFilled ? "filled" : item["count"].shown]
                    + shown.map { number(item[$0]) })
        }
        return table.lines
    }

    /// A number to six digits, which is more than any sensor knows; files and JSON have them all.
    private static func number(_ value: WireValue?) -> String {
        value?.number.map { String(format: "%.6g", $0) } ?? value.shown
    }
}
