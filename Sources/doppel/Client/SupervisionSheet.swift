/// The supervisor tree, as lines for a person.
enum SupervisionSheet {
    /// A line for each part, indented below its parent.
    static func lines(_ root: WireValue) -> [String] {
        var table = Table(["PART", "STATE", "RESTARTS", "WAITING", "OLDEST", "HEALTH"])
        add(root, depth: 0, to: &table)
        var lines = table.lines
        if let reason = root["condition_reason"]?.text {
            lines += ["", Table.printable("\(root["condition"].shown): \(reason)")]
        }
        return lines
    }

    /// A part's name or path as one segment of a URL's path (RFC 3986, section 2.1).
    static func encoded(_ node: String) -> String {
        node.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    private static func add(_ node: WireValue, depth: Int, to table: inout Table) {
        var health = node["health"].shown
        if let breaker = node["breaker"]?.text, breaker != "closed" { health += "; breaker \(breaker)" }
        if let failure = node["last_failure"]?.text { health += "; last ended: \(failure)" }
        table.add([
            String(repeating: "  ", count: depth) + node["name"].shown, node["state"].shown,
            node["restarts"].shown, node["backlog"].shown,
            node["oldest_backlog_seconds"]?.number.map(TwinSheet.duration) ?? "-", health,
        ])
        for child in node["children"]?.items ?? [] { add(child, depth: depth + 1, to: &table) }
    }
}
