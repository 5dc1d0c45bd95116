/// The models in use, as lines for a person.
enum ModelSheet {
    /// The catalogue: what it is, a line for each kind and board, and why the files are not in use where they are not.
    static func lines(_ models: WireValue) -> [String] {
        var lines = ["models \(models["digest"].shown) since \(models["since"].shown)", ""].map(Table.printable)
        var table = Table(["KIND", "OF", "UNIT", "VERSION", "CALIBRATION"])
        for list in ["sensor_kinds", "actuator_kinds", "boards"] {
            for kind in models[list]?.items ?? [] {
                table.add([
                    kind["kind"].shown, kind["of"].shown, unit(kind), kind["version"].shown,
                    kind["calibration"]?["methods"].shown ?? "-",
                ])
            }
        }
        lines += table.rows.isEmpty ? ["No kinds."] : table.lines
        lines += LimitSheet.lines(models)
        let problems = models["problems"]?.items ?? []
        if !problems.isEmpty {
            lines += ["", "The files are not in use as they are now:"] + problems.map { Table.printable($0.shown) }
        }
        return lines
    }

    /// What came of processing stored values again.
    static func lines(reprocessing report: WireValue) -> [String] {
        var table = Table(["EXAMINED", "CHANGED", "MODEL", "FROM", "TO"])
        table.add(["examined", "changed", "model", "from", "to"].map { report[$0].shown })
        return table.lines
    }

    /// A value without a unit has an empty one; a board has none.
    private static func unit(_ kind: WireValue) -> String {
        let unit = kind["unit"].shown
        return unit.isEmpty ? "-" : unit
    }
}
