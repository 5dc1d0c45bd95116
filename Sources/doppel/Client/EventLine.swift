/// One event of the stream, as one line for a person.
enum EventLine {
    /// The line: when, whose, what, and what else is known.
    static func text(_ event: ServerEvent) -> String {
        guard let value = try? WireValue(json: Array(event.data.utf8)), case .members(let members)? = value["event"]
        else { return Table.printable("\(event.name)  \(event.data)") }
        let parts = [
            value["at"]?.text ?? "-", value["device"]?.text ?? "site", event.name, detail(event.name, members),
        ]
        return Table.printable(parts.filter { !$0.isEmpty }.joined(separator: "  "))
    }

    private static func detail(_ kind: String, _ members: [String: WireValue]) -> String {
        if kind == "sensor.sampled" {
            let value = members["value"].flatMap { $0 == .nothing ? nil : $0 } ?? .text("no value")
            return "\(members["sensor"].shown)  \(value.shown) \(members["unit"].shown)  \(members["quality"].shown)"
        }
        let rest = members.filter { $0.key != "kind" && $0.value != .nothing }
        return WireValue.members(rest).shown
    }
}
