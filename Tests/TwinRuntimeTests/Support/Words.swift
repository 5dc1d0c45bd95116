import TwinRuntime

extension Publication {
    private var text: String { String(decoding: payload, as: UTF8.self) }

    /// A member's text as it stands in the payload; `nil` when it is not there.
    func member(_ name: String) -> String? {
        guard let start = text.firstRange(of: "\"\(name)\":")?.upperBound else { return nil }
        return text[start...].prefix { $0 != "," && $0 != "}" }.trimmingPrefix { $0 == "\"" }
            .split(separator: "\"", omittingEmptySubsequences: false).first.map(String.init)
    }

    /// The publication in a few words: `ESP_7C19F2/26 ON`, `ESP_7C19F2 stop`, `all stop`, `ESP_7C19F2 ack online 3`,
    /// `ESP_7C19F2 zone tent_a`; a secret that it carries stands behind it.
    var words: String {
        let levels = topic.split(separator: "/").map(String.init)
        let token = member("auth_token").map { " \($0)" } ?? ""
        if levels.prefix(2) == ["kaiser", "broadcast"] { return "all stop" + token }
        if levels.dropFirst(2) == ["server", "status"] { return "\(levels[1]) server \(member("status") ?? "?")" }
        if levels.dropFirst(2) == ["server", "claim"] { return "claim \(member("epoch") ?? "?")" }
        let device = levels.count > 3 ? levels[3] : "?"
        let rest = levels.dropFirst(4).joined(separator: "/")
        switch rest {
        case "system/heartbeat/ack":
            return "\(device) ack \(member("status") ?? "?") \(member("handover_epoch") ?? "?")"
        case "system/will": return "\(device) erase will"
        case "actuator/emergency":
            return "\(device) \(member("command") == "emergency_stop" ? "stop" : "clear")" + token
        case "zone/assign": return "\(device) zone \(member("zone_id") ?? "?")"
        case "subzone/assign", "subzone/remove", "subzone/safe":
            return "\(device) \(rest) \(member("subzone_id") ?? "?")"
        case "system/command":
            return ["\(device) \(member("command") ?? "?")", member("token")].compactMap(\.self).joined(separator: " ")
        case "config", "mqtt/auth_update": return "\(device) \(rest)"
        case "pi_enhanced/response": return "\(device) answer \(member("status") ?? "?")"
        default: return partWords(device, levels)
        }
    }

    /// What is said to one pin.
    private func partWords(_ device: String, _ levels: [String]) -> String {
        let part = "\(device)/\(levels.count > 5 ? levels[5] : "?")"
        if levels.last == "processed" { return "\(part) processed \(member("processed_value") ?? "?")" }
        return "\(part) \(member("command") ?? topic)"
    }
}
