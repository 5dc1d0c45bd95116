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
        if let words = danger(kind, members) { return words }
        let rest = members.filter { $0.key != "kind" && $0.value != .nothing }
        return WireValue.members(rest).shown
    }

    /// What is told in a sentence because somebody may have to act on it; `nil` for everything else.
    private static func danger(_ kind: String, _ members: [String: WireValue]) -> String? {
        let place = members["gpio"].map { "GPIO \($0.shown)  " } ?? ""
        switch kind {
        case "device.alarmed", "actuator.alarmed":
            let alarm = members["alarm"]
            return "\(place)ALARM \(alarm?["kind"].shown ?? "-"): \(alarm?["detail"].shown ?? "-")"
        case "actuator.locked_out":
            let tag = members["lockout"]
            return "\(place)locked out by \(tag?["name"].shown ?? "-") until \(tag?["ends_at"].shown ?? "-"): "
                + (tag?["reason"].shown ?? "-")
        case "actuator.lockout_ended":
            return place + (members["by"].map { "the tag was taken away by \($0.shown)" } ?? "the tag's time is up")
        case "actuator.effect_seen": return "\(place)the effect shows: \(members["detail"].shown)"
        case "device.quarantined": return "QUARANTINED, its outputs are switched off: \(members["reason"].shown)"
        case "device.quarantine_lifted": return "takes part again, released by \(members["by"].shown)"
        default: return nil
        }
    }
}
