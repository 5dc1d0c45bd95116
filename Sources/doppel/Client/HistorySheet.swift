import Foundation
import TwinCore

/// A history, as lines for a person.
enum HistorySheet {
    /// One page of it, with all times on the site's clock.
    ///
    /// - Parameter now: In seconds since 1970.
    static func lines(_ history: WireValue, now: Double) -> [String] {
        let sensors = history["sensors"]?.items.map { $0["id"].shown }.joined(separator: ", ") ?? "-"
        let clock = SiteClock(zone: history["time_zone"]?.text)
        let head = Table.printable(
            "\(history["device"].shown)  \(sensors)  resolution \(history["resolution"].shown)"
                + "  from \(clock.shown(history["from"])) to \(clock.shown(history["to"]))  times of \(clock.zone)")
        let items = history["items"]?.items ?? []
        guard !items.isEmpty else { return [head, "No values."] }
        let isRaw = history["resolution"]?.text == "raw"
        let more = history["next_cursor"] == nil ? [] : ["There is more: narrow it by --from and --to, or use --csv."]
        return [head] + (isRaw ? samples(items, clock) : buckets(items, clock, now)) + more
    }

    private static func samples(_ items: [WireValue], _ clock: SiteClock) -> [String] {
        let isSmoothed = items.contains { $0["smoothed"] != nil }
        var table = Table(["TIME", "VALUE", "UNIT", "QUALITY", "RAW"] + (isSmoothed ? ["SMOOTHED"] : []))
        for item in items {
            table.add(
                [
                    clock.shown(item["event_time"]), number(item["value"]), item["unit"].shown, item["quality"].shown,
                    number(item["raw"]),
                ] + (isSmoothed ? [number(item["smoothed"])] : []))
        }
        return table.lines
    }

    private static func buckets(_ items: [WireValue], _ clock: SiteClock, _ now: Double) -> [String] {
        let known = ["avg", "min", "max", "sum", "first", "last", "stddev", "smoothed"]
        let shown = known.filter { name in items.contains { $0[name] != nil } }
        var table = Table(["START", "END", "UNIT", "COUNT"] + shown.map { $0.uppercased() })
        for item in items {
            let isFilled = item["filled"]?.flag == true
            let end = item["end"]?.text.flatMap { UnixTime(rfc3339: $0) }
            // More values may come into it.
            let isRunning = end.map { Double($0.milliseconds) > now * 1000 } ?? false
            table.add(
                [
                    clock.shown(item["start"]), isRunning ? "still running" : clock.shown(item["end"]),
                    item["unit"].shown, isFilled ? "filled" : item["count"].shown,
                ] + shown.map { number(item[$0]) })
        }
        return table.lines
    }

    /// A number to six digits, which is more than any sensor knows; files and JSON have them all.
    private static func number(_ value: WireValue?) -> String {
        value?.number.map { String(format: "%.6g", $0) } ?? value.shown
    }
}
