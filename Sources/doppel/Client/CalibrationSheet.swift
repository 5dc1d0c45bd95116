/// How a sensor is calibrated, as lines for a person.
enum CalibrationSheet {
    /// The calibration in use, the one under way, and those before.
    static func lines(_ calibration: WireValue) -> [String] {
        var lines = ["\(calibration["sensor"].shown)  live raw value \(calibration["live_raw"].shown)"]
        if let current = calibration["current"] {
            lines.append("in use: \(text(current))")
            if let due = calibration["due"] { lines.append("to be done again: \(due.shown)") }
        } else {
            lines.append("in use: the kind's defaults")
        }
        if let session = calibration["session"] {
            lines.append(
                "under way: \(session["method"].shown) since \(session["started_at"].shown) by \(session["by"].shown)")
            for (index, point) in (session["points"]?.items ?? []).enumerated() {
                lines.append("  \(index): raw \(point["raw"].shown) is \(point["reference"].shown)")
            }
        }
        if let preview = calibration["preview"] { lines.append("would give: \(preview.shown)") }
        for past in (calibration["history"]?.items ?? []).reversed() { lines.append("before: \(text(past))") }
        return lines.map(Table.printable)
    }

    private static func text(_ calibration: WireValue) -> String {
        "number \(calibration["number"].shown), \(calibration["method"].shown), slope \(calibration["slope"].shown), "
            + "offset \(calibration["offset"].shown), by \(calibration["by"].shown) at \(calibration["applied_at"].shown)"
    }
}
