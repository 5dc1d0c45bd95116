/// What a device is to be and is not yet, as lines for a person.
enum ConfigurationSheet {
    /// The wishes that are not carried out; nothing when all are.
    static func lines(_ twin: WireValue) -> [String] {
        let delta = (twin["delta"]?.items ?? []).map(\.shown)
        guard !delta.isEmpty else { return [] }
        var table = Table(["WISH", "STATE", "WHY", "DESIRED", "REPORTED"])
        for path in delta {
            // A path's own second part may hold colons, and no slash.
            let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
            let property = twin["properties"]?[path]
            table.add([
                path, property?["state"].shown ?? "pending", property?["why"].shown ?? "-",
                part(of: twin["desired"], at: parts), part(of: twin["reported"], at: parts),
            ])
        }
        return ["", "Wished and not yet so"] + table.lines + under(way: twin["configuration"]?["step"])
    }

    private static func part(of document: WireValue?, at parts: [String]) -> String {
        parts.reduce(document) { $0?[$1] }.shown
    }

    private static func under(way step: WireValue?) -> [String] {
        guard let step else { return [] }
        return [
            Table.printable(
                "Under way: \(step["step"].shown) \(step["id"].shown), sent at \(step["sent_at"].shown), "
                    + "attempt \(step["attempt"].shown)")
        ]
    }
}
